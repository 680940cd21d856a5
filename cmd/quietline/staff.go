package main

// configFlag is the flag of every command that works on an operator's line.
type configFlag struct {
	Config string `type:"path" default:"quietline.toml" placeholder:"FILE" help:"The line's configuration, quietline.toml in this folder by default."`
}

// staffCmd lets people in and out.
type staffCmd struct {
	Add     staffAddCmd     `cmd:"" help:"Add somebody and print the link with which they enrol."`
	List    staffListCmd    `cmd:"" help:"List everybody on the staff."`
	Change  staffChangeCmd  `cmd:"" help:"Say whether somebody is trained for conversations with children."`
	Reset   staffResetCmd   `cmd:"" help:"Take away all that somebody signs in with, and print a new link."`
	Disable staffDisableCmd `cmd:"" help:"Put somebody out, at once."`
}

// Help is the command's page of the manual.
func (staffCmd) Help() string {
	return `Advisers and leads answer people; outreach workers make and revoke codes; operators do that and
let staff in. A name may be a pseudonym: it is what they sign in with, and nobody else sees it.

These commands work while serve runs, and without it.`
}

type staffAddCmd struct {
	configFlag
	Name string   `arg:"" help:"What they sign in with."`
	Role string   `required:"" enum:"adviser,lead,outreach,operator" help:"adviser, lead, outreach or operator."`
	Lang []string `placeholder:"TAG,..." help:"The languages they write, such as en,ar."`

	ChildTrained bool `help:"They are trained for conversations with children."`
	Limit        int  `placeholder:"N" help:"How many people they talk with at once, 1 to 50; 5 by default."`
}

// Help is the command's page of the manual.
func (staffAddCmd) Help() string {
	return `Prints a link, good once and for 24 hours. It leads to a page at which they choose a password and
add the line to their authenticator app. Running it again for somebody who never enrolled, or is
disabled, makes a new link.

Whoever says that they are under 18 is taken only by advisers with --child-trained while one of
those is on duty, and by anybody else only when none is. It is yours to know who has the training.

    quietline staff add adviser-1 --role adviser --lang en,ar
    quietline staff add adviser-2 --role adviser --lang en --child-trained`
}

// Run implements the command.
func (c staffAddCmd) Run(p *program) error {
	return p.say(c.Config, request{Do: doStaffAdd, Name: c.Name, Role: c.Role, Langs: c.Lang, Child: c.ChildTrained, Limit: c.Limit})
}

type staffListCmd struct{ configFlag }

// Run implements the command.
func (c staffListCmd) Run(p *program) error { return p.say(c.Config, request{Do: doStaffList}) }

type staffChangeCmd struct {
	configFlag
	Name         string `arg:"" help:"Whom it is about."`
	ChildTrained *bool  `negatable:"" required:"" help:"They are trained for conversations with children, or with --no-child-trained are not."`
}

// Help is the command's page of the manual.
func (staffChangeCmd) Help() string {
	return `It counts at once, for whoever is signed in too.

    quietline staff change adviser-1 --child-trained`
}

// Run implements the command.
func (c staffChangeCmd) Run(p *program) error {
	return p.say(c.Config, request{Do: doStaffChange, Name: c.Name, Child: *c.ChildTrained})
}

type staffDisableCmd struct {
	configFlag
	Name string `arg:"" help:"Who is put out."`
}

// Help is the command's page of the manual.
func (staffDisableCmd) Help() string {
	return `Ends all their sessions at once. Their name stays in the audit for 400 days.`
}

// Run implements the command.
func (c staffDisableCmd) Run(p *program) error {
	return p.say(c.Config, request{Do: doStaffDisable, Name: c.Name})
}

type staffResetCmd struct {
	configFlag
	Name string `arg:"" help:"Who cannot sign in, or whose things were stolen."`
}

// Help is the command's page of the manual.
func (staffResetCmd) Help() string {
	return `For a lost or stolen phone, or a password that somebody else may know. It ends their sessions at once,
destroys password, authenticator and recovery codes, and prints a new link for enrolling, good once
and for 24 hours. Role, languages and name stay. It works on the server when nobody can sign in.

    quietline staff reset adviser-1`
}

// Run implements the command.
func (c staffResetCmd) Run(p *program) error {
	return p.say(c.Config, request{Do: doStaffReset, Name: c.Name})
}
