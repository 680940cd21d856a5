package line

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"quietline/store"
)

func TestS10_EveryStoredFieldSaysWhyAndHowLong(t *testing.T) {
	for _, v := range Stored() {
		numbers := map[string]bool{}
		for f := range reflect.TypeOf(v).Fields() {
			why, howLong, ok := strings.Cut(f.Tag.Get("keep"), "; ")
			if !ok || len(why) < 5 || len(howLong) < 5 {
				t.Errorf("%T.%s has the tag keep:%q; it needs why; how long", v, f.Name, f.Tag.Get("keep"))
			}
			number, rest, _ := strings.Cut(f.Tag.Get("cbor"), ",")
			if !strings.HasPrefix(rest, "keyasint") || numbers[number] {
				t.Errorf("%T.%s has the tag cbor:%q; it needs a number of its own", v, f.Name, f.Tag.Get("cbor"))
			}
			numbers[number] = true
		}
	}
	// Whatever encode takes is among them.
	stored := map[reflect.Type]bool{}
	for _, v := range Stored() {
		stored[reflect.TypeOf(v)] = true
	}
	for _, v := range filled() {
		if kindOf(v) == 0 || !stored[reflect.TypeOf(v).Elem()] {
			t.Errorf("%T is sealed and not among Stored", v)
		}
	}
}

func filled() []any {
	at := time.Date(2026, 7, 6, 9, 0, 0, 0, time.UTC)
	return []any{
		&staffRecord{
			"7K2MZQ9X", "adviser-1", Adviser, []string{"en"}, true, at, true, []byte{1}, []byte{2}, "JBSWY3DP", 59, [][]byte{{3}},
			[]byte{4}, at, []byte{5}, at, 2, at, 7, "es", 1783328400000000,
			[]passkeyRecord{{[]byte{6}, []byte{7}, 8, true, "phone", at}}, 3,
		},
		&sessionRecord{make([]byte, 32), "7K2MZQ9X", 7, at, at, true},
		&placementRecord{"GB7K2MZ", "poster", at, at},
		&entryRecord{3, make([]byte, 32), at, "7K2MZQ9X", ActClaim, "7K2MZQ9X", NoteLink},
		&floorRecord{3, make([]byte, 32)},
		&weekRecord{"2026-W28", true, []cell{{CountChat, "GB", 9}}},
		&daysRecord{[]dayMark{{20650, true}, {20651, false}}, at},
	}
}

func TestRecordsComeBackAsTheyWere(t *testing.T) {
	for _, v := range filled() {
		for f := range reflect.TypeOf(v).Elem().Fields() {
			if reflect.ValueOf(v).Elem().FieldByIndex(f.Index).IsZero() {
				t.Errorf("%T.%s is not tried", v, f.Name)
			}
		}
		b, err := encode(v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(format, b)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := encode(back); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%+v came back as %+v, %v", v, back, err)
		}
		for _, f := range []byte{0, format + 1, 255} {
			if _, err := decode(f, b); !errors.Is(err, errRecord) || !strings.Contains(err.Error(), "run the version that wrote it") {
				t.Errorf("format %d: %v", f, err)
			}
		}
		if _, err := decode(format, b[:len(b)-1]); !errors.Is(err, errRecord) {
			t.Errorf("a record cut short: %v", err)
		}
	}
	if _, err := encode(filled()); err == nil {
		t.Error("encode took what is no record")
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range filled() {
		b, err := encode(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{})
	f.Add([]byte{kindWeek, 0xbf, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decode(format, b)
		if err != nil {
			return
		}
		c, err := encode(v)
		if err != nil {
			t.Fatal(err)
		}
		w, err := decode(format, c)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := encode(w); err != nil || !bytes.Equal(c, d) {
			t.Fatalf("%+v became %+v, %v", v, w, err)
		}
	})
}

// One damaged record, or one of a later version, must not close the line; nothing of it is let in.
func TestADamagedRecordIsLeftOut(t *testing.T) {
	ctx, clock, dir := t.Context(), monday(), t.TempDir()
	st := openStore(t, dir)
	l := openLine(t, st, Options{Now: clock.Now})
	id, s := linked(t, l, "adviser-1", Adviser)
	p, err := l.AddPlacement(ctx, "", "GB", "card")
	if err != nil {
		t.Fatal(err)
	}
	name := l.staffName("adviser-1")
	rec, err := st.Get(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	body, err := encode(&staffRecord{ID: id, Name: "adviser-1", Role: Adviser})
	if err != nil {
		t.Fatal(err)
	}
	key := store.Key{1}
	sealed, err := store.Seal(key, name, time.Time{}, format+1, body)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Swap(ctx, name, rec.Rev, store.Record{Key: key, Sealed: sealed}); err != nil {
		t.Fatal(err)
	}
	soon(t, "the change is seen", func() bool { _, ok := l.Session(s); return !ok })
	var log bytes.Buffer
	l = openLine(t, st, Options{Now: clock.Now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if _, ok := l.Session(s); ok {
		t.Error("a session of somebody who cannot be read")
	}
	if _, ok := l.Opens(p.Code); !ok {
		t.Error("a code went with the staff member")
	}
	if !strings.Contains(log.String(), "run the version that wrote it") || strings.Contains(log.String(), "adviser-1") {
		t.Errorf("logged: %s", &log)
	}
	if _, _, err := l.Invite(ctx, "", "adviser-1", Adviser, nil); !errors.Is(err, errRecord) {
		t.Errorf("what cannot be read was overwritten: %v", err)
	}
}

func TestALineWhoseStoreIsClosed(t *testing.T) {
	ctx := t.Context()
	st := openStore(t, t.TempDir())
	l := openLine(t, st, Options{Now: monday().Now})
	id, s := linked(t, l, "adviser-1", Adviser)
	if err := l.Count(ctx, CountPage, "GB"); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok := l.Session(s); !ok {
		t.Error("what is in memory went with the store")
	}
	for what, err := range map[string]error{
		"audit":   l.Audit(ctx, Entry{Act: ActClaim}),
		"duty":    l.GoOnDuty(ctx, s),
		"disable": l.ChangeStaff(ctx, "", id, func(s *Staff) { s.Disabled = true }),
		"close":   l.Close(),
	} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := Open(ctx, st, Options{}); !errors.Is(err, store.ErrClosed) {
		t.Errorf("opening the line: %v", err)
	}
}

// Nothing of staff, links or cookies stands in the files in the clear, and nothing reaches the log.
func TestFilesAndLogsTellNothing(t *testing.T) {
	ctx, clock, dir := t.Context(), monday(), t.TempDir()
	var log bytes.Buffer
	st := openStore(t, dir)
	l := openLine(t, st, Options{Now: clock.Now, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	id, secret, s := enrolled(t, l, "canary-adviser", Adviser, "en")
	slog.New(slog.NewTextHandler(&log, nil)).Info("a session", "token", s)
	link, err := l.OneTimeLink(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.AddPlacement(ctx, "", "GB", "poster")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.tidy(ctx), l.Close(), st.Close()); err != nil {
		t.Fatal(err)
	}
	seen := log.Bytes()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, b...)
	}
	for _, canary := range []string{"canary-adviser", password, secret, string(s), link, id, string(p.Code), "poster", "adviser"} {
		if bytes.Contains(seen, []byte(canary)) {
			t.Errorf("%q stands in the clear", canary)
		}
	}
}
