"""What the Python package dicomweb-client does with an archive: dicomweb_client_check.py <DICOMweb root>.

Ends with one line, "N passed, N failed", and an exit code other than 0 when one failed.
"""
import sys
import traceback
import warnings
from urllib.parse import urlsplit

import numpy
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
MULTIFRAME_WORD = "1.2.840.10008.5.1.4.1.1.7.3"
ROWS, COLUMNS, FRAMES = 32, 48, 5

study, other_study = generate_uid(), generate_uid()
ct_series, multiframe_series = generate_uid(), generate_uid()
patient_id = "PY" + study[-8:]


def image(sop_class, study_uid, series_uid, number, frames=1):
    dataset = Dataset()
    dataset.preamble, dataset.file_meta = bytes(128), FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, generate_uid()
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study_uid, series_uid
    dataset.StudyDate, dataset.StudyTime, dataset.AccessionNumber = "20260304", "101112", "PYACC"
    dataset.Modality = "CT" if sop_class == CT_IMAGE else "OT"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate, dataset.PatientSex = "Grün^Zoë", patient_id, "19700101", "O"
    dataset.StudyID, dataset.SeriesNumber, dataset.InstanceNumber = "1", 1, number
    dataset.ReferringPhysicianName, dataset.StudyDescription = "Ref^Erring", "Python"
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = ROWS, COLUMNS
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 0
    if frames > 1:
        dataset.NumberOfFrames = frames
    pixels = (numpy.arange(frames * ROWS * COLUMNS, dtype=numpy.uint32) * 7 + number).astype("<u2")
    dataset.PixelData = pixels.tobytes()
    return dataset


cts = [image(CT_IMAGE, study, ct_series, number) for number in range(1, 6)]
multiframe = image(MULTIFRAME_WORD, study, multiframe_series, 1, FRAMES)
elsewhere = image(CT_IMAGE, other_study, generate_uid(), 1)
multiframe_path = (study, multiframe_series, multiframe.SOPInstanceUID)


def value(found, tag):
    return found[tag]["Value"][0]


def uids(found):
    return sorted(value(one, "00080018") for one in found)


def stores_instances(client):
    answer = client.store_instances([*cts, multiframe])
    assert len(answer.ReferencedSOPSequence) == 6, answer
    assert "FailedSOPSequence" not in answer or not answer.FailedSOPSequence, answer
    client.store_instances([elsewhere], study_instance_uid=other_study)


def finds_studies(client):
    found = client.search_for_studies(search_filters={"PatientID": patient_id})
    assert sorted(value(one, "0020000D") for one in found) == sorted([study, other_study]), found
    assert value(found[0], "00100010")["Alphabetic"] == "Grün^Zoë"


def finds_with_wildcard_and_fields(client):
    found = client.search_for_studies(search_filters={"PatientID": patient_id[:-2] + "*", "StudyDate": "20260301-20260305"}, fields=["StudyDescription"])
    assert len(found) == 2 and value(found[0], "00081030") == "Python", found


def finds_page_by_page(client):
    pages = [client.search_for_instances(study, limit=4, offset=offset) for offset in (0, 4)]
    assert [len(page) for page in pages] == [4, 2], [len(page) for page in pages]
    assert uids(pages[0] + pages[1]) == sorted(str(one.SOPInstanceUID) for one in [*cts, multiframe])


def finds_nothing_without_an_error(client):
    assert client.search_for_studies(search_filters={"PatientID": "nobody-" + patient_id}) == []


def finds_series_and_instances(client):
    series = client.search_for_series(study, search_filters={"Modality": "CT"})
    assert [value(one, "0020000E") for one in series] == [ct_series], series
    assert uids(client.search_for_instances(study, ct_series)) == sorted(str(one.SOPInstanceUID) for one in cts)


def retrieves_metadata_of_every_level(client):
    assert len(client.retrieve_study_metadata(study)) == 6
    assert uids(client.retrieve_series_metadata(study, ct_series)) == sorted(str(one.SOPInstanceUID) for one in cts)
    metadata = client.retrieve_instance_metadata(study, ct_series, cts[2].SOPInstanceUID)
    assert value(metadata, "00200013") == 3 and value(metadata, "00280010") == ROWS, metadata
    Dataset.from_json(metadata, bulk_data_uri_handler=lambda _tag, _vr, _uri: None)


def retrieves_instances_of_every_level(client):
    stored = {str(one.SOPInstanceUID): one.PixelData for one in [*cts, multiframe]}
    for retrieved in (client.retrieve_study(study), client.retrieve_series(study, ct_series), [client.retrieve_instance(*multiframe_path)]):
        assert all(one.PixelData == stored[str(one.SOPInstanceUID)] for one in retrieved)
    assert len(client.retrieve_study(study)) == 6
    assert str(client.retrieve_instance(*multiframe_path).PatientName) == "Grün^Zoë"


def streams_a_study(client):
    assert len(list(client.iter_study(study))) == 6


def retrieves_frames(client):
    size = ROWS * COLUMNS * 2
    frames = client.retrieve_instance_frames(*multiframe_path, frame_numbers=[1, 5, 3])
    assert frames == [multiframe.PixelData[at * size:(at + 1) * size] for at in (0, 4, 2)]
    any_syntax = client.retrieve_instance_frames(*multiframe_path, frame_numbers=[2], media_types=(("application/octet-stream", "*"),))
    assert any_syntax == [multiframe.PixelData[size:2 * size]]


def retrieves_bulk_data(client):
    uri = client.retrieve_instance_metadata(*multiframe_path).get("7FE00010", {}).get("BulkDataURI")
    assert uri, "the metadata have no BulkDataURI for the pixels"
    assert b"".join(client.retrieve_bulkdata(uri)) == multiframe.PixelData


def is_told_what_is_not_there(client):
    for ask in (lambda: client.retrieve_instance(study, ct_series, generate_uid()), lambda: client.retrieve_study_metadata(generate_uid())):
        try:
            ask()
        except requests.HTTPError as error:
            assert error.response.status_code == 404, error
        else:
            raise AssertionError("no error for an unknown instance")


CHECKS = [
    stores_instances, finds_studies, finds_with_wildcard_and_fields, finds_page_by_page, finds_nothing_without_an_error, finds_series_and_instances,
    retrieves_metadata_of_every_level, retrieves_instances_of_every_level, streams_a_study, retrieves_frames, retrieves_bulk_data, is_told_what_is_not_there,
]


def main(root):
    warnings.filterwarnings("ignore")
    # The client leaves the port out of Host, and so would the URLs in answers; a proxy in front would say this.
    client = DICOMwebClient(root, headers={"X-Forwarded-Host": urlsplit(root).netloc})
    failed = 0
    for check in CHECKS:
        try:
            check(client)
        except Exception:  # noqa: BLE001 - each check is told of, whatever it met
            failed += 1
            print(f"failed: {check.__name__}\n{traceback.format_exc()}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
