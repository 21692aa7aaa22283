"""Numba kernels: small functions over typed arrays that know numpy and numba and nothing else.

Every kernel has a plain-Python twin in ``tests/reference.py``. A kernel raises nothing, reads no globals that change,
and gives the same answer for any order of rows and any number of threads: what it adds up are integers.
"""
