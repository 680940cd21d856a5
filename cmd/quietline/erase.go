package main

import "errors"

// eraseCmd destroys conversations.
type eraseCmd struct {
	configFlag
	Handle string `arg:"" optional:"" help:"The conversation's handle, as the desk shows it."`
	All    bool   `help:"Every conversation of the line."`
}

// Help is the command's page of the manual.
func (eraseCmd) Help() string {
	return `One conversation: as if the person had written 00. Its key is destroyed, and messages that
providers hold are withdrawn.

--all overwrites the keyring of all conversations within a second, asks nothing, and lets the
line answer anew. Staff, codes and audit stay. What is still in Telegram chats can then no longer be
withdrawn; what lies at Twilio is found by its sweep. It also mends a line whose keyring is lost or damaged.

    quietline erase 7K2MZQ0A
    quietline erase --all`
}

// Run implements the command.
func (c eraseCmd) Run(p *program) error {
	switch {
	case c.All && c.Handle != "":
		return errors.New("erase takes a handle or --all, not both")
	case c.All:
		return p.say(c.Config, request{Do: doEraseAll})
	case c.Handle != "":
		return p.say(c.Config, request{Do: doErase, Handle: c.Handle})
	}
	return errors.New("erase needs the handle of a conversation, or --all")
}
