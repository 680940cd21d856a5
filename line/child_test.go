package line

import (
	"testing"
	"time"
)

// Who is trained for children is sealed, audited, survives a new invitation, and counts as on duty as everybody else does.
func TestTrainedForChildren(t *testing.T) {
	ctx, clock := t.Context(), monday()
	st := openStore(t, t.TempDir())
	l := openLine(t, st, Options{Now: clock.Now, AlwaysOn: true})
	one, first := linked(t, l, "adviser-1", Adviser, "en")
	two, second := linked(t, l, "adviser-2", Adviser, "ar")
	train := func(id string, is bool) {
		t.Helper()
		if err := l.ChangeStaff(ctx, one, id, func(s *Staff) { s.ChildTrained = is }); err != nil {
			t.Fatal(err)
		}
	}
	train(two, true)
	for _, s := range []SessionToken{first, second} {
		if err := l.GoOnDuty(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	for lang, want := range map[string]bool{"en": false, "ar": true, "": true} {
		if d := l.Duty(clock.Now(), lang, ""); d.Child != want {
			t.Errorf("somebody trained for children answers in %q: %v", lang, d.Child)
		}
	}
	clock.Move(2 * time.Minute) // not heard from
	if d := l.Duty(clock.Now(), "ar", ""); d.Child {
		t.Error("a desk that is not heard from counts")
	}
	l.Beat(second)
	if d := l.Duty(clock.Now(), "ar", ""); !d.Child {
		t.Error("a desk that is heard from again does not count")
	}
	again := openLine(t, st, Options{Now: clock.Now, AlwaysOn: true})
	if s, ok := again.StaffByID(two); !ok || !s.ChildTrained {
		t.Errorf("after a restart: %+v", s)
	}
	train(two, false)
	if d := l.Duty(clock.Now(), "ar", ""); d.Child {
		t.Error("not trained any more, and it counts")
	}
	if l.LeadBesides(nil) {
		t.Error("there is no lead")
	}
	if err := l.ChangeStaff(ctx, "", one, func(s *Staff) { s.Role = Lead }); err != nil {
		t.Fatal(err)
	}
	if !l.LeadBesides([]string{two}) || l.LeadBesides([]string{one}) {
		t.Error("a lead besides")
	}
	log, err := l.AuditLog(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var notes []Note
	for _, e := range log {
		if e.Act == ActChange && e.Handle == two {
			notes = append(notes, e.Note)
		}
	}
	if len(notes) != 2 || notes[0] != NoteTrained || notes[1] != NoteUntrained {
		t.Errorf("the audit says %v", notes)
	}
}
