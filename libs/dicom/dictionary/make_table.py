#!/usr/bin/env python3
"""Writes ps3.6-<edition>.tsv from pydicom's data dictionary.

    pip install pydicom==3.0.2
    python3 libs/dicom/dictionary/make_table.py > libs/dicom/dictionary/ps3.6-2024c.tsv

Retired elements keep their keywords; the repeating groups are written with 'x' for the digits that vary.
"""

import sys

import pydicom
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

print(f"# Data elements of DICOM PS3.6 and the command elements of PS3.7, edition {pydicom.__dicom_version__}.")
print(f"# Made by make_table.py from pydicom {pydicom.__version__}, pydicom/_dicom_dict.py (MIT licence, (c) Darcy Mason and pydicom contributors).")
print("# tag\tvr\tvm\tkeyword")

rows = [(f"{tag:08X}", entry) for tag, entry in sorted(DicomDictionary.items())]
rows += [(mask.replace("X", "x"), entry) for mask, entry in sorted(RepeatersDictionary.items())]
for tag, (vr, vm, _name, _retired, keyword) in rows:
    # FFFE,E000 and its kin are structure, not elements: they have no VR.
    if vr == "NONE":
        continue
    sys.stdout.write(f"{tag}\t{vr}\t{vm}\t{keyword}\n")
