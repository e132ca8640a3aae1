package forge

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"

	"valik/eid"
)

// member is one file of an archive, with everything in its headers that can lie.
type member struct {
	name, localName string // localName: in the local header, if not name
	data            []byte
	method, flags   uint16
	time            uint16
	extra           []byte // extra field of the local header
	checksum        uint32 // added to the right one
	hidden          bool   // not in the directory
	claimed         uint32 // added to the true size, unpacked
	offset          uint32 // of a local header elsewhere, instead of an own one
	descriptor      bool   // checksum and sizes follow the data
}

// archive writes members as the specification has them, apart from their lies.
func archive(members []member) []byte {
	b, directory, listed := archiveParts(members)
	return slices.Concat(b, directory, archiveEnd(listed, len(directory), len(b)))
}

// archiveParts gives the local headers with the data, and the directory.
func archiveParts(members []member) (b, directory []byte, listed uint16) {
	for _, m := range members {
		offset := m.offset
		if offset == 0 {
			offset = uint32(len(b))
			b = append(b, m.record()...)
		}
		if m.hidden {
			continue
		}
		listed++
		directory = number(directory, uint32(0x02014b50), uint16(10))
		directory = m.header(directory, m.name, false)
		directory = number(directory, uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), offset)
		directory = append(directory, m.name...)
	}
	return b, directory, listed
}

func archiveEnd(listed uint16, directory, offset int) []byte {
	return number(nil, uint32(0x06054b50), uint16(0), uint16(0), listed, listed, uint32(directory), uint32(offset), uint16(0))
}

// record is the local header, the data, and what may follow them.
func (m *member) record() []byte {
	name := m.localName
	if name == "" {
		name = m.name
	}
	b := m.header(number(nil, uint32(0x04034b50)), name, m.descriptor)
	b = slices.Concat(number(b, uint16(len(m.extra))), []byte(name), m.extra, m.data)
	if m.descriptor {
		b = number(b, uint32(0x08074b50), crc32.ChecksumIEEE(m.data), uint32(len(m.data)), uint32(len(m.data)))
	}
	return b
}

// header writes the fields from the version to the length of the name.
func (m *member) header(b []byte, name string, later bool) []byte {
	sum, packed := crc32.ChecksumIEEE(m.data)+m.checksum, uint32(len(m.data))
	size := packed + m.claimed
	if later {
		sum, packed, size = 0, 0, 0
	}
	return number(b, uint16(10), m.flags, m.method, m.time, uint16(0x21), sum, packed, size, uint16(len(name)))
}

func number(b []byte, fields ...any) []byte {
	for _, field := range fields {
		b = must(binary.Append(b, binary.LittleEndian, field))
	}
	return b
}

// The members' places.
const (
	mimetype = iota
	file
	manifest
	signatures
)

// members takes a sound container apart.
func members(c *eid.Container) []member { return membersOf(c.Bytes()) }

func membersOf(b []byte) []member {
	reader := must(zip.NewReader(bytes.NewReader(b), int64(len(b))))
	var list []member
	for _, f := range reader.File {
		content := new(bytes.Buffer)
		must(content.ReadFrom(must(f.Open())))
		list = append(list, member{name: f.Name, data: content.Bytes()})
	}
	return list
}

// archives are wrong as archives.
func (w *world) archives() []Vector {
	c := w.seal(w.voter.Signing)
	good := c.Bytes()
	// change gives the archive after one change to its members.
	change := func(edit func(m []member) []member) []byte { return archive(edit(members(c))) }
	// set gives the archive after one change to one member.
	set := func(i int, edit func(m *member)) []byte {
		return change(func(m []member) []member { edit(&m[i]); return m })
	}
	insert := func(i int, extra member) []byte {
		return change(func(m []member) []member { return slices.Insert(m, i, extra) })
	}
	remove := func(i int) []byte {
		return change(func(m []member) []member { return slices.Delete(m, i, i+1) })
	}
	swap := func(i, j int) []byte {
		return change(func(m []member) []member { m[i], m[j] = m[j], m[i]; return m })
	}
	comment := slices.Clone(good)
	comment[len(comment)-2] = 1
	return []Vector{
		{Name: "empty", Fault: "no bytes", Code: eid.CodeContainerNotZip},
		{Name: "web-page", Fault: "a web page", Code: eid.CodeContainerNotZip, Bytes: []byte("<!doctype html><title>502</title>")},
		{Name: "prefix", Fault: "one byte before the archive", Code: eid.CodeContainerNotZip, Bytes: append([]byte{0}, good...)},
		{Name: "truncated", Fault: "the last byte is missing", Code: eid.CodeContainerTruncated, Bytes: good[:len(good)-1]},
		{Name: "truncated-half", Fault: "the second half is missing", Code: eid.CodeContainerTruncated, Bytes: good[:len(good)/2]},
		{Name: "too-large", Fault: "a good signature of too much", Code: eid.CodeContainerTooLarge, Bytes: w.oversize()},
		{Name: "trailing", Fault: "one byte after the archive", Code: eid.CodeContainerForm, Bytes: append(slices.Clone(good), 0)},
		{Name: "comment", Fault: "the archive has a comment", Code: eid.CodeContainerForm, Bytes: append(comment, 'x')},
		{Name: "file-extra", Fault: "a second data file", Code: eid.CodeContainerExtraFile, Bytes: insert(2, member{name: "note.txt", data: data})},
		{Name: "file-second-signature", Fault: "a second signature file", Code: eid.CodeContainerExtraFile, Bytes: insert(4, member{name: "META-INF/signatures1.xml", data: members(c)[signatures].data})},
		{Name: "file-folder", Fault: "an entry for the folder", Code: eid.CodeContainerExtraFile, Bytes: insert(2, member{name: "META-INF/"})},
		{Name: "file-twice", Fault: "two data files of one name", Code: eid.CodeContainerExtraFile, Bytes: insert(2, member{name: fileName, data: []byte("other")})},
		{Name: "file-twice-manifest", Fault: "the manifest twice and no data file", Code: eid.CodeContainerExtraFile, Bytes: change(func(m []member) []member { m[file] = m[manifest]; return m })},
		{Name: "file-no-data", Fault: "no data file", Code: eid.CodeContainerMissingFile, Bytes: remove(file)},
		{Name: "file-no-mimetype", Fault: "no mimetype", Code: eid.CodeContainerMissingFile, Bytes: remove(mimetype)},
		{Name: "file-no-manifest", Fault: "no manifest", Code: eid.CodeContainerMissingFile, Bytes: remove(manifest)},
		{Name: "file-no-signature", Fault: "no signature file", Code: eid.CodeContainerMissingFile, Bytes: remove(signatures)},
		{Name: "order-mimetype", Fault: "mimetype is second", Code: eid.CodeContainerOrder, Bytes: swap(mimetype, file)},
		{Name: "order-manifest", Fault: "the manifest is before the data file", Code: eid.CodeContainerOrder, Bytes: swap(file, manifest)},
		{Name: "order-signature", Fault: "the signature is before the manifest", Code: eid.CodeContainerOrder, Bytes: swap(manifest, signatures)},
		{Name: "compressed-data", Fault: "the data file is deflated", Code: eid.CodeContainerCompressed, Bytes: set(file, deflate)},
		{Name: "compressed-mimetype", Fault: "the mimetype is deflated", Code: eid.CodeContainerCompressed, Bytes: set(mimetype, deflate)},
		{Name: "checksum", Fault: "the data file's checksum is wrong", Code: eid.CodeContainerChecksum, Bytes: set(file, func(m *member) { m.checksum = 1 })},
		{Name: "zip-hidden", Fault: "a file that is not in the directory", Code: eid.CodeContainerForm, Bytes: insert(2, member{name: fileName, data: []byte("other"), hidden: true})},
		{Name: "zip-two-names", Fault: "the local header has another name", Code: eid.CodeContainerForm, Bytes: set(file, func(m *member) { m.localName = "EP2028.ballot" })},
		{Name: "zip-extra-field", Fault: "an extra field", Code: eid.CodeContainerForm, Bytes: set(file, func(m *member) { m.extra = []byte{0xfe, 0xca, 0, 0} })},
		{Name: "zip-time", Fault: "a file has a time", Code: eid.CodeContainerForm, Bytes: set(file, func(m *member) { m.time = 1 })},
		{Name: "zip-encrypted-flag", Fault: "a file says that it is encrypted", Code: eid.CodeContainerForm, Bytes: set(file, func(m *member) { m.flags = 1 })},
		{Name: "zip-utf8-flag", Fault: "a name says that it is UTF-8", Code: eid.CodeContainerForm, Bytes: set(file, func(m *member) { m.flags = 1 << 11 })},
		{Name: "zip-other-program", Fault: "packed again by another program", Code: eid.CodeContainerForm, Bytes: repack(c)},
		{Name: "zip-directory", Fault: "the directory is damaged", Code: eid.CodeContainerForm, Bytes: bytes.Replace(good, []byte("PK\x01\x02"), []byte("PK\x01\x03"), 1)},
		{Name: "mimetype-other", Fault: "the mimetype of a container with one file, ASiC-S", Code: eid.CodeMimetypeForm, Bytes: set(mimetype, func(m *member) { m.data = []byte("application/vnd.etsi.asic-s+zip") })},
		{Name: "mimetype-line", Fault: "the mimetype ends in a line break", Code: eid.CodeMimetypeForm, Bytes: set(mimetype, func(m *member) { m.data = append(m.data, '\n') })},
	}
}

// oversize is sound but for its size: one byte more than a container may have.
func (w *world) oversize() []byte {
	spare := eid.Limit - len(w.seal(w.voter.Signing).Bytes()) + len(data)
	c := must(eid.Seal(context.Background(), fileName, make([]byte, spare), w.voter.Signing, signedAt))
	m := members(c)
	m[file].data = append(m[file].data, 0)
	m[signatures].data = resign(string(m[signatures].data), m[file].data, w.voter.Signing)
	return archive(m)
}

// renamed is sound but for the data file's name, which is signed.
func (w *world) renamed(name string) []byte {
	m := members(w.seal(w.voter.Signing))
	m[file].name = name
	m[manifest].data = bytes.ReplaceAll(m[manifest].data, []byte(fileName), []byte(name))
	m[signatures].data = resign(strings.ReplaceAll(string(m[signatures].data), fileName, name), data, w.voter.Signing)
	return archive(m)
}

func deflate(m *member) { m.inflate(m.data) }

// repack is what another program would write, with everything stored.
func repack(c *eid.Container) []byte {
	packed := new(bytes.Buffer)
	writer := zip.NewWriter(packed)
	for _, m := range members(c) {
		header := &zip.FileHeader{Name: m.name, Method: zip.Store}
		must(must(writer.CreateHeader(header)).Write(m.data))
	}
	must(0, writer.Close())
	return packed.Bytes()
}
