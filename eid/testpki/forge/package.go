package forge

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"

	"valik/eid"
)

// packages attack whoever unpacks: by names, by sizes, and by archives that have
// other files for one program than for another.
func (w *world) packages() []Vector {
	c := w.seal(w.voter.Signing)
	good := c.Bytes()
	set := func(i int, edit func(m *member)) []byte {
		m := members(c)
		edit(&m[i])
		return archive(m)
	}
	patched := func(fromEnd int, value byte) []byte {
		b := slices.Clone(good)
		b[len(b)-fromEnd] = value
		return b
	}
	return []Vector{
		{Name: "name-climbs", Fault: "the data file's name is a path out of the folder", Code: eid.CodeFileName, Bytes: w.renamed("../EP2029.ballot")},
		{Name: "name-hidden", Fault: "the data file's name begins with a dot", Code: eid.CodeFileName, Bytes: w.renamed(".ballot")},
		{Name: "name-option", Fault: "the data file's name begins with a dash", Code: eid.CodeFileName, Bytes: w.renamed("-rf")},
		{Name: "name-taken", Fault: "the data file's name is the folder's", Code: eid.CodeFileName, Bytes: w.renamed("Meta-Inf")},
		{Name: "name-markup", Fault: "the data file's name is markup", Code: eid.CodeFileName, Bytes: w.renamed(`a"b`)},
		{Name: "name-letters", Fault: "the data file's name has a letter outside of ASCII", Code: eid.CodeFileName, Bytes: w.renamed("hääl.ballot")},
		{Name: "name-long", Fault: "the data file's name has 65 characters", Code: eid.CodeFileName, Bytes: w.renamed(strings.Repeat("a", 65))},
		{Name: "name-absolute", Fault: "the data file's name is an absolute path", Code: eid.CodeFileName, Bytes: w.renamed("/EP2029.ballot")},
		{Name: "name-drive", Fault: "the data file's name is on a drive", Code: eid.CodeFileName, Bytes: w.renamed("C:EP2029.ballot")},
		{Name: "name-folder", Fault: "the data file's name has a folder", Code: eid.CodeFileName, Bytes: w.renamed("x/EP2029.ballot")},
		{Name: "name-backslash", Fault: "the data file's name climbs out by backslashes", Code: eid.CodeFileName, Bytes: w.renamed(`..\EP2029.ballot`)},
		{Name: "name-nul", Fault: "the data file's name has a byte 0", Code: eid.CodeFileName, Bytes: w.renamed("EP2029.ballot\x00.txt")},
		{Name: "name-empty", Fault: "the data file has no name", Code: eid.CodeFileName, Bytes: w.renamed("")},
		{Name: "bomb", Fault: "the data file is 4 MiB of zeros, deflated to four kilobytes", Code: eid.CodeContainerCompressed, Bytes: set(file, func(m *member) { m.inflate(make([]byte, 4<<20)) })},
		{Name: "bomb-nested", Fault: "the data file is a deflated bomb, deflated once more", Code: eid.CodeContainerCompressed, Bytes: set(file, func(m *member) {
			m.inflate(make([]byte, 16<<20))
			m.inflate(m.data)
		})},
		{Name: "bomb-manifest", Fault: "the manifest is a bomb", Code: eid.CodeContainerCompressed, Bytes: set(manifest, func(m *member) { m.inflate(bytes.Repeat([]byte(" "), 4<<20)) })},
		{Name: "bomb-claimed", Fault: "a stored file says that it is 2 GiB", Code: eid.CodeContainerForm, Bytes: set(file, func(m *member) { m.claimed = 1 << 31 })},
		{Name: "zip-descriptor", Fault: "the data file's sizes follow its data", Code: eid.CodeContainerForm, Bytes: set(file, func(m *member) { m.flags, m.descriptor = 8, true })},
		{Name: "zip-twice-listed", Fault: "the directory lists the data file twice", Code: eid.CodeContainerExtraFile, Bytes: w.listedTwice(fileName)},
		{Name: "zip-alias", Fault: "the directory lists the data file under a second name", Code: eid.CodeContainerExtraFile, Bytes: w.listedTwice("EP2028.ballot")},
		{Name: "zip-overlap", Fault: "the manifest lies within the data file, signed", Code: eid.CodeContainerForm, Bytes: w.overlapping()},
		{Name: "zip-count", Fault: "the end says that the archive has three files", Code: eid.CodeContainerForm, Bytes: patched(12, 3)},
		{Name: "zip-disk", Fault: "the end says that it is on the second disk", Code: eid.CodeContainerForm, Bytes: patched(18, 1)},
		{Name: "zip-64", Fault: "an end of the 64-bit form stands before the end", Code: eid.CodeContainerForm, Bytes: zip64(c)},
		{Name: "zip-64-extra", Fault: "a file has sizes of the 64-bit form", Code: eid.CodeContainerForm, Bytes: set(file, func(m *member) {
			m.extra = number(nil, uint16(1), uint16(16), uint64(len(m.data)), uint64(len(m.data)))
		})},
		{Name: "zip-gap", Fault: "bytes between the last file and the directory", Code: eid.CodeContainerForm, Bytes: gap(c)},
		{Name: "zip-two-archives", Fault: "another archive stands before this one", Code: eid.CodeContainerForm, Bytes: append(w.seal(w.other.Signing).Bytes(), good...)},
		{Name: "zip-bzip2", Fault: "a file says that it is packed by bzip2", Code: eid.CodeContainerCompressed, Bytes: set(file, func(m *member) { m.method = 12 })},
	}
}

// inflate makes a member one that unpacks to content.
func (m *member) inflate(content []byte) {
	packed := new(bytes.Buffer)
	writer := must(flate.NewWriter(packed, flate.BestCompression))
	must(writer.Write(content))
	must(0, writer.Close())
	m.method, m.data = 8, packed.Bytes()
	m.checksum = crc32.ChecksumIEEE(content) - crc32.ChecksumIEEE(m.data)
	m.claimed = uint32(len(content) - len(m.data))
}

// listedTwice has a fifth line in the directory, to the data file's local header.
func (w *world) listedTwice(name string) []byte {
	m := members(w.seal(w.voter.Signing))
	again := m[file]
	again.name, again.offset = name, uint32(len(m[mimetype].record()))
	return archive(slices.Insert(m, file+1, again))
}

// overlapping: the signed data begin with the manifest's own record, and the
// directory points there.
func (w *world) overlapping() []byte {
	m := members(w.seal(w.voter.Signing))
	content := m[manifest].record()
	c := must(eid.Seal(context.Background(), fileName, content, w.voter.Signing, signedAt))
	inside := members(c)
	inside[manifest].offset = uint32(len(m[mimetype].record()) + len(inside[file].record()) - len(content))
	return archive(inside)
}

// zip64 has an end record and a locator of the 64-bit form, which agree with the
// common end.
func zip64(c *eid.Container) []byte {
	b, directory, listed := archiveParts(members(c))
	end := number(nil, uint32(0x06064b50), uint64(44), uint16(45), uint16(45), uint32(0), uint32(0),
		uint64(listed), uint64(listed), uint64(len(directory)), uint64(len(b)))
	locator := number(nil, uint32(0x07064b50), uint32(0), uint64(len(b)+len(directory)), uint32(1))
	return slices.Concat(b, directory, end, locator, archiveEnd(listed, len(directory), len(b)))
}

func gap(c *eid.Container) []byte {
	b, directory, listed := archiveParts(members(c))
	b = append(b, binary.LittleEndian.AppendUint32(nil, 0)...)
	return slices.Concat(b, directory, archiveEnd(listed, len(directory), len(b)))
}
