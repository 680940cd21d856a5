package flows

// aside puts a question of the adviser's: one that must be answered by a tap, so that both see the same words.
func (t *turn) aside(k Kind) {
	if !t.silent() || k == Report && t.s.Answers.Age == "child" {
		return
	}
	n := t.b.entry.consent
	if k == Report {
		n = t.b.entry.report
		t.s.Answers.Outcomes = nil
	}
	t.s.Back, t.from = nil, Place{}
	t.enter(n)
}

// alarm answers 99 and danger words with the card at once (S3).
func (t *turn) alarm(k Kind) {
	silent := t.silent()
	if t.f.Held {
		t.act(Effect{Do: AlertAdviser, Arg: string(k)})
	}
	if k != Urgent {
		if silent {
			return
		}
		if k == SelfHarm && t.s.Open && !t.s.Shut {
			t.harmed()
			t.enter(t.b.entry.selfharm)
			return
		}
		t.s.Harm = t.s.Harm || k == SelfHarm
		if t.s.Carded {
			t.after(true)
			return
		}
		t.s.Carded = true
	}
	t.act(Effect{Do: Card})
	if !silent {
		t.after(false)
	}
}

// harmed notes that somebody spoke of hurting themselves: a person sees it who answers, and nothing else hangs on it.
func (t *turn) harmed() {
	t.s.Harm = false
	t.s.Answers.Flags = picked(t.s.Answers.Flags, "selfharm")
}

// after says the present step again, or begins when nothing stands.
func (t *turn) after(scold bool) {
	n := t.b.at(t.s)
	switch {
	case t.s.Shut && !scold: // the card stands above it already, as for anybody else whom the cover answers
		t.stand(t.b.entry.cover)
		t.say(t.b.entry.cover)
	case t.s.Shut:
		t.enter(t.b.entry.cover)
	case t.s.Flow == "" || n != nil && !t.s.Open && (n.Sensitive || t.s.Owed && !n.Asks()):
		carded, owed := t.s.Carded, t.s.Owed
		t.begin(false)
		t.s.Carded, t.s.Owed = carded, owed
	case n == nil:
		t.lost()
	case scold:
		t.again(n)
	default:
		t.say(n)
		t.ask(n)
	}
}

// back answers the return words, and the duress word in the same words: what differs comes after (S1, S12).
func (t *turn) back(duress bool) {
	if duress {
		t.act(Effect{Do: AlertAdviser, Arg: string(Duress)})
	}
	s := State{Known: !duress, Shut: duress, Missed: t.s.Missed}
	if t.f.Queued || t.f.Held || t.f.Pending {
		s.Answers = t.s.Answers
	}
	t.s = s
	t.from = Place{}
	t.enter(t.b.entry.hello)
}

// adviser is what happened to the handoff.
func (t *turn) adviser(k Kind) {
	var n *node
	switch k {
	case Taken:
		t.f.Held, t.f.Queued, n = true, false, t.b.entry.taken
	case Lost:
		t.f.Held, t.f.Queued, n = false, true, t.b.entry.lost
	case Ended:
		t.f.Held, t.f.Queued, n = false, false, t.b.entry.ended
	default:
		t.f.Held, t.f.Queued, n = false, false, t.b.entry.expired
	}
	if !t.s.Open || !mine(&t.s, &t.f) {
		t.s.Missed = t.s.Missed || k == Expired
		return
	}
	t.s.Back = nil
	t.from = Place{}
	t.enter(n)
}
