namespace Millrace.Runtime.Governance;

/// <summary>A kind of personal data: how its columns are called and what its values look like.</summary>
/// <param name="Name">Name in proposals: <c>email</c>.</param>
/// <param name="Classification">What is proposed for such columns.</param>
/// <param name="Words">Words in names of columns, in several languages, lower case and without accents. A word of several parts is joined with blanks.</param>
/// <param name="Matches">Whether a value is of the kind; null where values tell nothing.</param>
/// <param name="IsStrict">Whether <paramref name="Matches"/> proves a check sum or a form that other data does not have, so that values alone are enough.</param>
internal sealed record PiiKind(string Name, string Classification, IReadOnlyList<string> Words, Func<string, bool>? Matches, bool IsStrict)
{
    public static IReadOnlyList<PiiKind> All { get; } =
    [
        new("email", "pii", ["email", "e mail", "mail", "courriel", "correo", "posta elettronica"], Contracts.TextShapes.IsEmail, IsStrict: true),
        new("iban", "pii.financial", ["iban", "bank account", "bankverbindung", "kontonummer", "compte bancaire", "cuenta bancaria", "conto corrente", "rekeningnummer"], PiiValues.IsIban, IsStrict: true),
        new("card number", "pii.financial", ["card number", "card no", "credit card", "creditcard", "pan", "kreditkarte", "kartennummer", "carte bancaire", "numero carte", "tarjeta", "carta di credito"], PiiValues.IsCardNumber, IsStrict: true),
        new("national id", "pii.sensitive", ["ssn", "social security", "national id", "nin", "tax id", "passport", "passport number", "id card", "personalausweis", "steuer id", "steuernummer", "sozialversicherungsnummer", "numero securite sociale", "nir", "dni", "nif", "nie", "curp", "codice fiscale", "bsn", "burgerservicenummer", "pesel", "personnummer", "cpf", "aadhaar"], PiiValues.IsNationalId, IsStrict: true),
        new("phone", "pii", ["phone", "telephone", "tel", "mobile", "cell", "msisdn", "fax", "telefon", "telefonnummer", "handy", "rufnummer", "portable", "telefono", "movil", "cellulare", "telefoon"], PiiValues.IsPhone, IsStrict: false),
        new("ip address", "pii", ["ip", "ip address", "ipaddress", "remote addr", "client ip", "adresse ip", "direccion ip", "ip adresse"], v => Contracts.TextShapes.IsIpv4(v) || Contracts.TextShapes.IsIpv6(v), IsStrict: true),
        new("name of a person", "pii", ["first name", "firstname", "last name", "lastname", "surname", "full name", "fullname", "given name", "family name", "maiden name", "vorname", "nachname", "familienname", "prenom", "nom de famille", "nombre completo", "apellido", "apellidos", "cognome", "voornaam", "achternaam", "customer name", "contact name"], null, IsStrict: false),
        new("postal address", "pii", ["address", "street", "street address", "address line", "zip", "zip code", "postal code", "postcode", "adresse", "strasse", "hausnummer", "plz", "postleitzahl", "rue", "code postal", "direccion", "calle", "codigo postal", "indirizzo", "adres", "straat"], null, IsStrict: false),
        new("date of birth", "pii", ["birth date", "birthdate", "date of birth", "dob", "birthday", "geburtsdatum", "geburtstag", "date de naissance", "naissance", "fecha de nacimiento", "nacimiento", "data di nascita", "geboortedatum"], null, IsStrict: false),
        new("health", "pii.sensitive", ["diagnosis", "icd10", "blood type", "disability", "medical record", "patient id", "diagnose", "krankheit", "maladie", "diagnostico"], null, IsStrict: false),
        new("belief or origin", "pii.sensitive", ["religion", "ethnicity", "race", "political", "union member", "konfession", "herkunft", "ethnie", "etnia", "religione"], null, IsStrict: false),
        new("location", "pii", ["home latitude", "home longitude", "gps position", "home location"], null, IsStrict: false),
        new("secret", "restricted", ["password", "passwd", "pwd", "secret", "api key", "apikey", "token", "private key", "passwort", "kennwort", "mot de passe", "contrasena", "wachtwoord"], null, IsStrict: false),
    ];
}
