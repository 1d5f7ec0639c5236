"""Folders of millions of photos: answered by many processes or machines, kept as Parquet."""
