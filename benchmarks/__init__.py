"""What is measured, against whom, in one run. `make bench` runs all and keeps the results in docs/benchmarks.md."""
