"""The same job on more than one machine: a graph of functions of files, on Dask."""
