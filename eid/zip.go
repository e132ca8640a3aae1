package eid

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// entry is one file of the container.
type entry struct {
	name string
	data []byte
}

// The archive's fixed values. The date is the first that the format can write,
// 1980-01-01 00:00: a time of its own would be a second, unsigned claim.
const (
	zipLocal   = 0x04034b50
	zipCentral = 0x02014b50
	zipEnd     = 0x06054b50
	zipEndSize = 22
	zipVersion = 10 // 1.0: stored files, nothing else
	zipDate    = 1<<5 | 1
)

// writeZip builds the archive of entries in their order: all stored, sizes and
// checksums in the headers, no flag, extra field, comment or attribute.
func writeZip(entries []entry) []byte {
	var b, directory []byte
	for _, e := range entries {
		common := zipCommon(e)
		offset := len(b)
		b = binary.LittleEndian.AppendUint32(b, zipLocal)
		b = append(append(append(b, common...), e.name...), e.data...)

		directory = binary.LittleEndian.AppendUint32(directory, zipCentral)
		directory = binary.LittleEndian.AppendUint16(directory, zipVersion) // made by
		directory = append(directory, common...)
		directory = append(directory, make([]byte, 10)...) // comment, disk, attributes
		directory = binary.LittleEndian.AppendUint32(directory, uint32(offset))
		directory = append(directory, e.name...)
	}
	end := binary.LittleEndian.AppendUint32(nil, zipEnd)
	end = binary.LittleEndian.AppendUint32(end, 0) // disks
	end = binary.LittleEndian.AppendUint16(end, uint16(len(entries)))
	end = binary.LittleEndian.AppendUint16(end, uint16(len(entries)))
	end = binary.LittleEndian.AppendUint32(end, uint32(len(directory)))
	end = binary.LittleEndian.AppendUint32(end, uint32(len(b)))
	end = binary.LittleEndian.AppendUint16(end, 0) // comment
	return append(append(b, directory...), end...)
}

// zipCommon gives the 26 bytes that local header and directory share, from the
// version needed to the length of the extra field.
func zipCommon(e entry) []byte {
	b := binary.LittleEndian.AppendUint16(nil, zipVersion)
	b = append(b, make([]byte, 6)...) // flags, method stored, time
	b = binary.LittleEndian.AppendUint16(b, zipDate)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(e.data))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(e.data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(e.data)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(e.name)))
	return binary.LittleEndian.AppendUint16(b, 0) // extra field
}

// readZip finds the files of the archive. It explains what is wrong with a
// stranger's file but decides nothing: ParseContainer writes the archive again
// and compares. The data are slices of b.
func readZip(b []byte) ([]entry, error) {
	if !bytes.HasPrefix(b, binary.LittleEndian.AppendUint32(nil, zipLocal)) {
		return nil, refuse(CodeContainerNotZip, "it does not begin with a zip header")
	}
	archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		end := bytes.LastIndex(b, binary.LittleEndian.AppendUint32(nil, zipEnd))
		if end < 0 || len(b)-end < zipEndSize {
			return nil, refuse(CodeContainerTruncated, "the end of the archive is missing")
		}
		return nil, refuse(CodeContainerForm, "%w", err)
	}
	if err := checkFiles(archive.File); err != nil {
		return nil, err
	}
	entries := make([]entry, len(archive.File))
	for i, f := range archive.File {
		if entries[i], err = readEntry(b, f); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// The files of a container; the second is the data file, under its own name.
const (
	mimetypeName   = "mimetype"
	manifestName   = "META-INF/manifest.xml"
	signaturesName = "META-INF/signatures0.xml"

	dataIndex       = 1
	manifestIndex   = 2
	signaturesIndex = 3
)

var fileNames = [...]string{0: mimetypeName, manifestIndex: manifestName, signaturesIndex: signaturesName}

// checkFiles compares the list of files with the one that a container has.
func checkFiles(files []*zip.File) error {
	where := make(map[string]int, len(files))
	for i, f := range files {
		if _, twice := where[f.Name]; twice {
			return refuse(CodeContainerExtraFile, "%q is there twice", f.Name)
		}
		where[f.Name] = i
	}
	for _, name := range fileNames {
		if _, there := where[name]; name != "" && !there {
			return refuse(CodeContainerMissingFile, "there is no %s", name)
		}
	}
	if len(files) < len(fileNames) {
		return refuse(CodeContainerMissingFile, "there is no data file")
	}
	if len(files) > len(fileNames) {
		return refuse(CodeContainerExtraFile, "it has %d files, not %d", len(files), len(fileNames))
	}
	for i, name := range fileNames {
		if name != "" && where[name] != i {
			return refuse(CodeContainerOrder, "%s is file %d, not %d", name, where[name]+1, i+1)
		}
	}
	return nil
}

func readEntry(b []byte, f *zip.File) (entry, error) {
	if f.Method != zip.Store {
		return entry{}, refuse(CodeContainerCompressed, "%q has the method %d, not stored", f.Name, f.Method)
	}
	offset, err := f.DataOffset()
	if err != nil {
		return entry{}, refuse(CodeContainerForm, "%q: %w", f.Name, err)
	}
	if offset < 0 || offset > int64(len(b)) || f.CompressedSize64 > uint64(int64(len(b))-offset) {
		return entry{}, refuse(CodeContainerTruncated, "%q goes beyond the end", f.Name)
	}
	data := b[offset : offset+int64(f.CompressedSize64)]
	if crc32.ChecksumIEEE(data) != f.CRC32 {
		return entry{}, refuse(CodeContainerChecksum, "%q has another checksum", f.Name)
	}
	return entry{f.Name, data}, nil
}
