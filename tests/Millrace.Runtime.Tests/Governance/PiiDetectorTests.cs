using Millrace.Runtime.Governance;

namespace Millrace.Runtime.Tests.Governance;

public sealed class PiiDetectorTests
{
    [Theory]
    [InlineData("GB82WEST12345698765432", true)]
    [InlineData("DE89 3704 0044 0532 0130 00", true)]
    [InlineData("FR1420041010050500013M02606", true)]
    [InlineData("GB82WEST12345698765433", false)]
    [InlineData("gb82west12345698765432", false)]
    [InlineData("ZZ00", false)]
    public void An_iban_has_its_check_digits(string text, bool isIban) => Assert.Equal(isIban, PiiValues.IsIban(text));

    [Theory]
    [InlineData("4111 1111 1111 1111", true)]
    [InlineData("5500005555555559", true)]
    [InlineData("378282246310005", true)]
    [InlineData("4111111111111112", false)]
    [InlineData("0000000000000000", false)]
    [InlineData("1234567812345670", false)]
    public void A_card_number_has_its_check_digit_and_an_issuer(string text, bool isCard) => Assert.Equal(isCard, PiiValues.IsCardNumber(text));

    [Theory]
    [InlineData("078-05-1120", true)]
    [InlineData("666-05-1120", false)]
    [InlineData("12345678Z", true)]
    [InlineData("12345678A", false)]
    [InlineData("X1234567L", true)]
    [InlineData("RSSMRA85T10A562S", true)]
    [InlineData("RSSMRA85T10A562T", false)]
    [InlineData("111222333", true)]
    [InlineData("111222334", false)]
    [InlineData("44051401359", true)]
    [InlineData("44051401358", false)]
    [InlineData("529.982.247-25", true)]
    [InlineData("529.982.247-26", false)]
    [InlineData("86095742719", true)]
    [InlineData("86095742718", false)]
    [InlineData("2 55 08 14 168 025 38", true)]
    public void A_national_id_has_its_check_sum(string text, bool isId) => Assert.Equal(isId, PiiValues.IsNationalId(text));

    [Theory]
    [InlineData("+44 20 7946 0958", true)]
    [InlineData("030 123456", true)]
    [InlineData("(212) 555-0100", true)]
    [InlineData("2024-01-31", false)]
    [InlineData("12345", false)]
    [InlineData("1234567890", false)]
    public void A_phone_number_is_written_as_one(string text, bool isPhone) => Assert.Equal(isPhone, PiiValues.IsPhone(text));

    [Theory]
    [InlineData("customerEmail", "email")]
    [InlineData("E-Mail", "email")]
    [InlineData("GEBURTSDATUM", "date of birth")]
    [InlineData("prénom", "name of a person")]
    [InlineData("Straße", "postal address")]
    [InlineData("code_postal", "postal address")]
    [InlineData("codice_fiscale", "national id")]
    [InlineData("numero_tarjeta", "card number")]
    [InlineData("remote_addr", "ip address")]
    [InlineData("api_key", "secret")]
    [InlineData("amount", null)]
    [InlineData("shipping_method", null)]
    [InlineData("company", null)]
    [InlineData("description", null)]
    public void Names_tell_in_several_languages(string column, string? kind) => Assert.Equal(kind, PiiDetector.Propose(column, [])?.Kind);

    [Fact]
    public void Values_tell_where_the_name_does_not()
    {
        PiiProposal? proposal = PiiDetector.Propose("c7", ["ada@example.org", "b@c.de", null, "x@y.z", "none"]);
        Assert.Equal(("email", "pii", "3 of 4 values pass the check of an email"), (proposal!.Kind, proposal.Classification, proposal.Reason));
    }

    [Fact]
    public void Values_contradict_a_name() => Assert.Null(PiiDetector.Propose("mail", ["12", "13", "14", "15"]));

    [Fact]
    public void No_proposal_holds_a_value()
    {
        string[] values = ["ada@example.org", "GB82WEST12345698765432", "4111111111111111", "078-05-1120", "+44 20 7946 0958", "10.0.0.1"];
        foreach (string value in values)
        {
            PiiProposal? proposal = PiiDetector.Propose("x", [value, value, value]);
            Assert.DoesNotContain(value, $"{proposal}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ordinary_numbers_and_dates_are_nothing()
    {
        var random = new Random(7);
        Assert.Null(PiiDetector.Propose("n", [.. Enumerable.Range(0, 500).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))]));
        Assert.Null(PiiDetector.Propose("n", [.. Enumerable.Range(0, 500).Select(_ => random.NextInt64(1L << 50).ToString(System.Globalization.CultureInfo.InvariantCulture))]));
        Assert.Null(PiiDetector.Propose("d", [.. Enumerable.Range(0, 500).Select(i => new DateTime(2020, 1, 1).AddDays(i).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))]));
        Assert.Null(PiiDetector.Propose("f", [.. Enumerable.Range(0, 500).Select(_ => random.NextDouble().ToString(System.Globalization.CultureInfo.InvariantCulture))]));
    }
}
