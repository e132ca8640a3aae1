package keyring

// The codes of what goes wrong before a card's or a file's own package is asked. Programs
// and docs/cards.md name them; a code never changes its meaning.
const (
	CodeUsage        = "keyring_usage"
	CodePINFile      = "keyring_pin_file"
	CodeURI          = "keyring_uri"
	CodeNoFiles      = "keyring_no_files"
	CodeTooManyFiles = "keyring_too_many_files"
	CodeFile         = "keyring_file"
	CodeUnreadable   = "keyring_unreadable"
	CodeSeveral      = "keyring_several_keys"
)

// Codes lists all codes of this package. Those of packages token and pkcs12 come beside
// them.
func Codes() []string {
	return []string{
		CodeUsage, CodePINFile, CodeURI, CodeNoFiles, CodeTooManyFiles, CodeFile, CodeUnreadable, CodeSeveral,
	}
}

// Error is something that went wrong: a stable code for programs, and for a person what
// happened and what to do.
type Error struct{ code, text string }

// Error gives code and text.
func (e *Error) Error() string { return e.code + ": " + e.text }

// Code is one of the Code constants.
func (e *Error) Code() string { return e.code }

// What can go wrong, for errors.Is.
var (
	// ErrUsage says that the means have no key for a use.
	ErrUsage = &Error{CodeUsage, "there is no key for this use"}
	// ErrPINFile says why the PIN of a file was not used: a program that runs again with
	// a wrong one would lock the card.
	ErrPINFile = &Error{CodePINFile, "the PIN of pin-source is wrong, or one attempt is left: it is not tried again. Leave pin-source out and type the PIN"}
	// ErrURI says that a PKCS #11 URI does not say what is wanted.
	ErrURI = &Error{CodeURI, "the pkcs11 URI is not understood"}
	// ErrNoFiles: a person chose nothing.
	ErrNoFiles = &Error{CodeNoFiles, "no file was chosen; choose the file with your keys"}
	// ErrTooManyFiles: more than MaxFiles.
	ErrTooManyFiles = &Error{CodeTooManyFiles, "too many files were chosen; choose only those with your keys"}
	// ErrFile: it holds no keys in a form that is known.
	ErrFile = &Error{CodeFile, "the file is neither a PKCS #12 file nor a test card; choose another one"}
	// ErrUnreadable: it was found, and cannot be read now.
	ErrUnreadable = &Error{CodeUnreadable, "the file cannot be read any more; look for it again"}
	// ErrSeveral: it would be chance which key is used.
	ErrSeveral = &Error{CodeSeveral, "several of the files have a key for this use; choose only one of them"}
)
