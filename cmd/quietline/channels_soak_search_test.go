package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// needles are texts in every form in which they could lie in a file.
type needles struct{ byLength map[int]map[string]string } // form → what it is

func newNeedles() *needles { return &needles{map[int]map[string]string{}} }

// add adds an address: raw, UTF-16, hex, base64 at any of its three offsets, and a number as eight bytes.
func (n *needles) add(text string) {
	n.put(text, "raw "+text)
	n.put(string(utf16le(text)), "UTF-16 "+text)
	n.put(hex.EncodeToString([]byte(text)), "hex "+text)
	n.put(strings.ToUpper(hex.EncodeToString([]byte(text))), "HEX "+text)
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for offset := range 3 {
			coded := enc.EncodeToString([]byte("\x00\x00"[:offset] + text))
			from := []int{0, 2, 3}[offset]
			to := (offset + len(text)) * 8 / 6
			n.put(coded[from:to], "base64 "+text)
		}
	}
	if v, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 64); err == nil {
		n.put(string(binary.BigEndian.AppendUint64(nil, v)), "big-endian "+text)
		n.put(string(binary.LittleEndian.AppendUint64(nil, v)), "little-endian "+text)
	}
}

func (n *needles) put(form, what string) {
	if n.byLength[len(form)] == nil {
		n.byLength[len(form)] = map[string]string{}
	}
	n.byLength[len(form)][form] = what
}

// in is the first that is found.
func (n *needles) in(b []byte) string {
	for length, forms := range n.byLength {
		for i := 0; i+length <= len(b); i++ {
			if what, ok := forms[string(b[i:i+length])]; ok {
				return what
			}
		}
	}
	return ""
}

// under are the files that hold one, and what.
func (n *needles) under(t testing.TB, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if what := n.in(append(b, path...)); what != "" {
			found = append(found, filepath.Base(path)+": "+what)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The search finds an address in every form, wherever it begins.
func TestNeedles(t *testing.T) {
	const number = "447700900123"
	n := newNeedles()
	n.add(number)
	for name, hay := range map[string]string{
		"raw": "x" + number + "y", "hex": "ff" + hex.EncodeToString([]byte("a"+number)), "utf-16": string(utf16le("ab" + number)),
		"base64 0": base64.StdEncoding.EncodeToString([]byte("abc" + number + ">")), "base64 1": base64.StdEncoding.EncodeToString([]byte("a" + number + ">")),
		"base64 2": base64.URLEncoding.EncodeToString([]byte("ab" + number + ">?")), "number": string(binary.BigEndian.AppendUint64([]byte("x"), 447700900123)),
	} {
		if n.in([]byte(hay)) == "" {
			t.Errorf("%s is not found", name)
		}
	}
	if what := n.in([]byte("447700900122 " + base64.StdEncoding.EncodeToString([]byte("447700900124")))); what != "" {
		t.Errorf("found %s where nothing is", what)
	}
}
