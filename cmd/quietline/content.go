package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"quietline/bot"
)

// Limits of a content folder. All shipped content together is under 2 MB.
const (
	maxContentFile  = 8 << 20
	maxContentFiles = 2_000
	contentEvery    = 250 * time.Millisecond // two looks that agree, and an edit is taken: under a second
)

// contentParts are what a content folder may hold; anything else is a mistake in a name, and would be read by nobody.
var contentParts = []string{"locales", "flows", "directory.csv", "rights.csv", "directory-review.toml"}

// A contentSource is the content in force: what is built in, with the operator's folder laid over it. An edit that does
// not pass the checker leaves the last content that passed in force, across restarts too: that one is kept in a file.
type contentSource struct {
	dir    string                                      // the operator's folder; empty: none
	kept   string                                      // the file of the last content that passed; empty: not kept
	load   func(fs.FS) (*bot.Content, []string, error) // builds and checks: the faults, or an error
	log    *slog.Logger
	inUse  atomic.Pointer[bot.Content]
	broken atomic.Pointer[[]string] // what is wrong with the folder as it is now; nil: nothing
}

// openContent reads the folder. If it does not pass and a content that passed is kept, that one is in force; otherwise
// the error holds every fault.
func openContent(dir, kept string, load func(fs.FS) (*bot.Content, []string, error), log *slog.Logger) (*contentSource, error) {
	s := &contentSource{dir: dir, kept: kept, load: load, log: log}
	if dir == "" {
		c, faults, err := load(nil)
		if err := broken("the built-in content", faults, err); err != nil {
			return nil, err
		}
		s.inUse.Store(c)
		return s, nil
	}
	err := s.take()
	if err == nil {
		return s, nil
	}
	snapshot, keptErr := s.readKept()
	if keptErr != nil {
		return nil, err
	}
	c, faults, loadErr := load(snapshot)
	if loadErr != nil || len(faults) > 0 {
		return nil, errors.Join(err, broken("the content kept from before", faults, loadErr))
	}
	s.inUse.Store(c)
	s.complain(err)
	return s, nil
}

// current is the content in force.
func (s *contentSource) current() *bot.Content { return s.inUse.Load() }

// take reads the folder now and puts it in force if it passes.
func (s *contentSource) take() error {
	snapshot, raw, err := snapshotDir(s.dir)
	if err != nil {
		return err
	}
	c, faults, err := s.load(snapshot)
	if err := broken("the content folder "+s.dir, faults, err); err != nil {
		return err
	}
	s.inUse.Store(c)
	s.broken.Store(nil)
	if s.kept != "" {
		err := os.MkdirAll(filepath.Dir(s.kept), 0o700)
		if err == nil {
			err = writeFile(s.kept, raw, 0o600)
		}
		if err != nil {
			s.log.Warn("the content in force could not be kept for the next start", "err", err)
		}
	}
	return nil
}

// complain says what is wrong with the folder, once for each edit.
func (s *contentSource) complain(err error) {
	faults := strings.Split(err.Error(), "\n")
	s.broken.Store(&faults)
	for _, f := range faults {
		s.log.Error("the content has a fault; the last content that passed stays in force", "fault", f)
	}
}

// follow takes edits until ctx ends. An edit is taken when two looks in a row see the same, so that a file is not read
// while an editor still writes it.
func (s *contentSource) follow(ctx context.Context) {
	if s.dir == "" {
		<-ctx.Done()
		return
	}
	tick := time.NewTicker(contentEvery)
	defer tick.Stop()
	taken := lookAt(s.dir)
	before := taken
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := lookAt(s.dir)
		if now == before && now != taken {
			taken = now
			if err := s.take(); err != nil {
				s.complain(err)
			} else {
				s.log.Info("edited content is in force")
			}
		}
		before = now
	}
}

// lookAt is a fingerprint of a folder: names, sizes and times of change.
func lookAt(dir string) string {
	var b strings.Builder
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			fmt.Fprintf(&b, "%s: %v\n", p, err)
			return nil
		}
		if info, err := d.Info(); err == nil && !d.IsDir() {
			fmt.Fprintf(&b, "%s %d %d\n", p, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return b.String()
}

// snapshotDir reads a content folder whole, as a file system and as the bytes of a zip file of it.
func snapshotDir(dir string) (fs.FS, []byte, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	var faults []error
	files := 0
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil || rel == "." {
			return err
		}
		name := filepath.ToSlash(rel)
		if strings.HasPrefix(d.Name(), ".") || strings.HasSuffix(d.Name(), "~") { // an editor's own files
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if first, _, _ := strings.Cut(name, "/"); !slices.Contains(contentParts, first) {
			near := nearest(first, func(yield func(string)) {
				for _, c := range contentParts {
					yield(c)
				}
			})
			faults = append(faults, fmt.Errorf("%s: nothing reads this; the nearest known name is %q", p, near))
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		if files++; files > maxContentFiles {
			return fmt.Errorf("%s: the folder holds more than %d files", dir, maxContentFiles)
		}
		b, err := readFile(p, maxContentFile)
		if err != nil {
			return err
		}
		w, err := z.Create(name)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading the content folder: %w", err)
	}
	if len(faults) > 0 {
		return nil, nil, errors.Join(faults...)
	}
	if err := z.Close(); err != nil {
		return nil, nil, fmt.Errorf("reading the content folder: %w", err)
	}
	r, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the content folder: %w", err)
	}
	return r, buf.Bytes(), nil
}

// readKept opens the content that passed last.
func (s *contentSource) readKept() (fs.FS, error) {
	if s.kept == "" {
		return nil, fs.ErrNotExist
	}
	b, err := readFile(s.kept, maxContentFile*4)
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b), int64(len(b)))
}

// broken joins what is wrong with a content to one error, one fault a line, or nil.
func broken(what string, faults []string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	var all []error
	for _, f := range faults {
		all = append(all, errors.New(f))
	}
	return errors.Join(all...)
}

// writeFile puts b in the place of a file, all or nothing.
func writeFile(name string, b []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+path.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone by then, unless something below failed
	_, err = io.Copy(f, bytes.NewReader(b))
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
