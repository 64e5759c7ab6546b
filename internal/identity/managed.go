package identity

// administratorAccess is AWS's managed policy of that name.
const administratorAccess = "arn:aws:iam::aws:policy/AdministratorAccess"

// managed returns the document of a managed policy, nil if there is none.
func managed(arn string) []byte {
	if arn == administratorAccess {
		return []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	}
	return nil
}
