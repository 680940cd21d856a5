package locales

// What a whole message asks for: leave, erase, a person, back, yes or no. A message asks for it when its words can be laid
// out, from the first to the last, with forms of one purpose and with asides ("please", "he is coming"): so "bye bye",
// "please delete this now" and "he will check my phone delete everything" are understood, and "I cannot leave" is not,
// because nothing takes up "I cannot". A strong form, one that names the chat or the messages, may also stand at the end
// of a longer message after "so" or "please", or at its beginning before "because" or "before".

// A layout is what the forms laid so far were: a bit for each purpose, and three more.
type layout uint32

const (
	late layout = 1 << 16 // words before it were passed over
	weak layout = 1 << 17 // not only strong forms were laid
	ours layout = 1 << 18 // an operator's form was laid
)

// kindOf are the kinds a whole message can have by what was laid. Erase wins over leave: whoever says both wants both.
// 99
// beside anything is urgent.
func (l layout) kind() (KeyKind, bool) {
	const leave, erase, person, back, yes, no = 1 << leaves, 1 << erases, 1 << persons, 1 << backs, 1 << yeses, 1 << noes
	kinds := l &^ (late | weak | ours)
	if kinds&(1<<urgents) != 0 {
		return UrgentKey, true
	}
	if kinds&(1<<erases) != 0 {
		kinds &^= 1 << eraseWiths
	} else if kinds&(1<<leaves) != 0 {
		kinds &^= 1 << leaveWiths
	}
	switch kinds {
	case leave:
		return LeaveKey, true
	case erase, erase | leave:
		return EraseKey, true
	case person:
		return PersonKey, true
	case back:
		return BackKey, true
	case yes:
		return YesKey, true
	case no:
		return NoWordKey, true
	}
	return NoKey, false
}

// whole returns what the whole message means; nothing when it could mean two things, as a word whose accents were left
// off can. What can be a yes or a no with something around it, or leave, is leave. own: forms of the operator's make it so.
func (r *reading) whole() (kind KeyKind, own bool) {
	n := len(r.bare)
	states := make([][]layout, n+1)
	states[0] = []layout{0}
	var found KeyKind
	clear := true
	accept := func(s layout) {
		if s&late != 0 && s&weak != 0 {
			return
		}
		if s&(1<<tolds) != 0 {
			clear = false
			return
		}
		if kind, ok := s.kind(); ok {
			own = own || s&ours != 0
			switch {
			case found == NoKey || found == kind:
				found = kind
			case r.marks: // "dung" is stop and right
				clear = false
			case kind == LeaveKey && (found == YesKey || found == NoWordKey):
				found = kind
			case found == LeaveKey && (kind == YesKey || kind == NoWordKey):
			default:
				clear = false
			}
		}
	}
	var buf []int
	for at := range n {
		if at > 0 && r.ended[at-1] {
			states[at] = lay(states[at], late) // a sentence of its own
		}
		for _, f := range r.forWhole {
			if len(states[at]) == 0 && f.purpose != sos {
				continue
			}
			buf = r.walk(f.items, r.exact, at, buf[:0])
			for _, end := range buf {
				switch f.purpose {
				case sos:
					states[end] = lay(states[end], late)
				case becauses:
					for _, s := range states[at] {
						if s&weak == 0 {
							accept(s)
						}
					}
				default:
					for _, s := range states[at] {
						if f.purpose != asides {
							s |= 1 << f.purpose
							if !f.strong {
								s |= weak
							}
							if f.own {
								s |= ours
							}
						}
						states[end] = lay(states[end], s)
					}
				}
			}
		}
	}
	for _, s := range states[n] {
		accept(s)
	}
	if !clear {
		return NoKey, false
	}
	return found, own
}

func lay(states []layout, s layout) []layout {
	for _, have := range states {
		if have == s {
			return states
		}
	}
	return append(states, s)
}
