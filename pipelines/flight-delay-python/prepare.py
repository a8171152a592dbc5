"""Turns the monthly files into the tables that the model learns from and is judged on.

A flight is late when it arrives more than 15 minutes behind its schedule, the definition of the Bureau of
Transportation Statistics.
"""

import json
import os

import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.parquet as parquet

inputs, outputs = os.environ["LOCKSTEP_INPUTS"], os.environ["LOCKSTEP_OUTPUTS"]
with open(os.environ["LOCKSTEP_PARAMS"]) as file:
    params = json.load(file)


def read(month):
    return parquet.read_table(os.path.join(inputs, "data", "flights", f"{month}.parquet"))


def prepare(name, months):
    flights = arrow.concat_tables([read(month) for month in months])
    # Local time of the airport: its clock counts, whatever zone the file calls it.
    departure = flights["date"]
    table = arrow.table(
        {
            "row_id": flights["row_id"],
            "origin": flights["origin"],
            "destination": flights["destination"],
            "distance": compute.cast(flights["distance"], "double"),
            "hour": compute.cast(compute.hour(departure), "string"),
            "weekday": compute.cast(compute.day_of_week(departure), "string"),
            "late": compute.cast(compute.greater(flights["delay"], 15), "double"),
        }
    )
    parquet.write_table(table, os.path.join(outputs, name))
    print(f"{name}: {table.num_rows} flights of {', '.join(months)}")


prepare("train.parquet", params["train-months"])
prepare("test.parquet", params["test-months"])
