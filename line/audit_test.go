package line

import (
	"errors"
	"strings"
	"testing"
	"time"

	"quietline/store"
)

func TestTheAuditKeepsWhatWasDoneInOrder(t *testing.T) {
	ctx, clock, dir := t.Context(), monday(), t.TempDir()
	st := openStore(t, dir)
	l := openLine(t, st, Options{Now: clock.Now})
	if log, err := l.AuditLog(ctx); err != nil || len(log) != 0 {
		t.Fatalf("a new line: %v, %v", log, err)
	}
	want := []Entry{
		{Actor: "ADV1SER1", Act: ActClaim, Handle: "7K2MZQ9X"},
		{Actor: "ADV1SER1", Act: ActClose, Handle: "7K2MZQ9X"},
		{Act: ActEraseAll, Note: NoteCommand},
	}
	for _, e := range want {
		if err := l.Audit(ctx, e); err != nil {
			t.Fatal(err)
		}
		clock.Move(time.Hour)
	}
	if err := errors.Join(l.Close(), st.Close()); err != nil {
		t.Fatal(err)
	}
	l = openLine(t, openStore(t, dir), Options{Now: clock.Now})
	if err := l.Audit(ctx, Entry{Act: ActPlace, Handle: "GB7K2MZ"}); err != nil {
		t.Fatal(err)
	}
	log, err := l.AuditLog(ctx)
	if err != nil || len(log) != 4 {
		t.Fatalf("%d entries, %v", len(log), err)
	}
	for i, e := range log[:3] {
		want[i].N, want[i].At = uint64(i), monday().t.Add(time.Duration(i)*time.Hour)
		if e != want[i] {
			t.Errorf("%+v, want %+v", e, want[i])
		}
	}
	for _, content := range []Entry{
		{Act: "wrote: please come"},
		{Act: ActClaim, Handle: "mai is in the red house"},
		{Act: ActClaim, Handle: "+447700900123"},
		{Act: ActClaim, Actor: "adviser-1"},
		{Act: ActClaim, Note: "she asked for a doctor"},
		{},
	} {
		err := l.Audit(ctx, content)
		if err == nil {
			t.Errorf("the audit took %+v", content)
		} else if strings.Contains(err.Error(), "red house") || strings.Contains(err.Error(), "4477") || strings.Contains(err.Error(), "doctor") {
			t.Errorf("the error repeats content: %v", err)
		}
	}
}

func TestTheAuditTellsWhenItWasChanged(t *testing.T) {
	ctx, clock := t.Context(), monday()
	for name, c := range map[string]struct {
		change func(t *testing.T, st store.Store, l *Line)
		says   string
	}{
		"an entry taken away": {func(t *testing.T, st store.Store, l *Line) {
			replace(t, st, l, 3, nil)
		}, "entry 3 is missing"},
		"the last one taken away": {func(t *testing.T, st store.Store, l *Line) {
			replace(t, st, l, 5, nil)
		}, "entry 5 is missing"},
		"an entry rewritten by somebody with the keys": {func(t *testing.T, st store.Store, l *Line) {
			e, err := l.entry(ctx, 2)
			if err != nil {
				t.Fatal(err)
			}
			e.Actor = "0THER"
			replace(t, st, l, 2, e)
		}, "entry 3 does not follow"},
		"the first one rewritten": {func(t *testing.T, st store.Store, l *Line) {
			replace(t, st, l, 0, &entryRecord{Before: []byte("x"), At: clock.Now(), Act: ActClaim})
		}, "entry 0 does not follow"},
		"an entry that stands in another's place": {func(t *testing.T, st store.Store, l *Line) {
			e, err := l.entry(ctx, 1)
			if err != nil {
				t.Fatal(err)
			}
			replace(t, st, l, 4, e)
		}, "entry 4 does not follow"},
		"an entry with a wrong number": {func(t *testing.T, st store.Store, l *Line) {
			e, err := l.entry(ctx, 5)
			if err != nil {
				t.Fatal(err)
			}
			e.N = 9
			replace(t, st, l, 5, e)
		}, "entry 5 does not follow"},
		"an entry scratched": {func(t *testing.T, st store.Store, l *Line) {
			rec, err := st.Get(ctx, l.entryName(1))
			if err != nil {
				t.Fatal(err)
			}
			rev := rec.Rev
			rec.Sealed[40] ^= 1
			if _, err := st.Swap(ctx, l.entryName(1), rev, store.Record{Key: rec.Key, Sealed: rec.Sealed}); err != nil {
				t.Fatal(err)
			}
		}, "entry 1 cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			st := openStore(t, t.TempDir())
			l := openLine(t, st, Options{Now: clock.Now})
			for range 6 {
				if err := l.Audit(ctx, Entry{Act: ActClaim, Handle: "7K2MZQ9X"}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := l.AuditLog(ctx); err != nil {
				t.Fatal(err)
			}
			c.change(t, st, l)
			log, err := l.AuditLog(ctx)
			if !errors.Is(err, ErrAudit) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, it should say %q", err, c.says)
			}
			if len(log) == 6 {
				t.Error("what cannot be proved is given out")
			}
			if strings.Contains(name, "last") {
				return // a process that starts now cannot know of the last one
			}
			if _, err := openLine(t, st, Options{Now: clock.Now}).AuditLog(ctx); !errors.Is(err, ErrAudit) {
				t.Errorf("a process that starts now sees nothing: %v", err)
			}
		})
	}
}

// replace puts e in the place of audit entry n as the program itself would; nil takes it away.
func replace(t *testing.T, st store.Store, l *Line, n uint64, e *entryRecord) {
	t.Helper()
	rec, err := st.Get(t.Context(), l.entryName(n))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.swap(t.Context(), l.entryName(n), rec.Rev, e, e == nil); err != nil {
		t.Fatal(err)
	}
}

func TestTwoProcessesWriteOneChain(t *testing.T) {
	ctx, clock := t.Context(), monday()
	st := openStore(t, t.TempDir())
	lines := []*Line{openLine(t, st, Options{Now: clock.Now}), openLine(t, st, Options{Now: clock.Now})}
	const each = 60
	errs := make(chan error, len(lines))
	for _, l := range lines {
		go func() {
			for range each {
				if err := l.Audit(ctx, Entry{Act: ActClaim}); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range lines {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range lines {
		soon(t, "both know all entries", func() bool { log, err := l.AuditLog(ctx); return err == nil && len(log) == each*len(lines) })
	}
}

func TestS10_TheAuditIsKept400Days(t *testing.T) {
	ctx, clock, dir := t.Context(), monday(), t.TempDir()
	st := openStore(t, dir)
	l := openLine(t, st, Options{Now: clock.Now})
	for range 5 {
		if err := l.Audit(ctx, Entry{Act: ActClaim}); err != nil {
			t.Fatal(err)
		}
		clock.Move(24 * time.Hour)
	}
	replace(t, st, l, 1, nil) // a hole must not keep what is before and after it
	clock.Move(auditFor - 3*24*time.Hour)
	if err := l.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	for n := range uint64(5) {
		if _, err := st.Get(ctx, l.entryName(n)); (err == nil) != (n >= 3) {
			t.Errorf("entry %d: %v", n, err)
		}
	}
	check := func(l *Line, first, n int) {
		t.Helper()
		log, err := l.AuditLog(ctx)
		if err != nil || len(log) != n || n > 0 && log[0].N != uint64(first) {
			t.Fatalf("%v, %v; want %d from %d", log, err, n, first)
		}
	}
	check(l, 3, 2)
	if err := errors.Join(l.Close(), st.Close()); err != nil {
		t.Fatal(err)
	}
	st = openStore(t, dir)
	l = openLine(t, st, Options{Now: clock.Now})
	check(l, 3, 2)
	// A crash between moving the floor and taking the entry away leaves one too many.
	if _, err := l.swap(ctx, l.entryName(2), 0, &entryRecord{N: 2, At: monday().t, Act: ActClaim}, false); err != nil {
		t.Fatal(err)
	}
	l = openLine(t, st, Options{Now: clock.Now})
	if err := l.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Get(ctx, l.entryName(2)); !errors.Is(err, store.ErrNotExist) {
		t.Errorf("the entry too many: %v", err)
	}
	// The chain goes on when nothing of before is left.
	clock.Move(auditFor)
	if err := l.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	check(l, 0, 0)
	l = openLine(t, st, Options{Now: clock.Now})
	if err := l.Audit(ctx, Entry{Act: ActClaim}); err != nil {
		t.Fatal(err)
	}
	check(l, 5, 1)
}
