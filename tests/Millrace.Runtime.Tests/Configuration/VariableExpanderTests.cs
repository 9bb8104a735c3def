namespace Millrace.Runtime.Tests.Configuration;

public class VariableExpanderTests
{
    private static readonly VariableExpander Expander = new(n => n switch { "HOST" => "db1", "EMPTY" => "", "TRICKY" => "${HOST}", _ => null });
    private static readonly ErrorPlace Place = ErrorPlace.InFile("job.yaml", 4, 2);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("${HOST}", "db1")]
    [InlineData("a${HOST}b${HOST}c", "adb1bdb1c")]
    [InlineData("${NONE:-5432}", "5432")]
    [InlineData("${EMPTY:-x}", "x")]
    [InlineData("${EMPTY}", "")]
    [InlineData("${NONE:-}", "")]
    [InlineData("$$ and $${HOST}", "$ and ${HOST}")]
    [InlineData("cost: 5$", "cost: 5$")]
    [InlineData("${TRICKY}", "${HOST}")]
    public void Replaces_references(string text, string expected) => Assert.Equal(expected, Expander.Expand(text, Place));

    [Theory]
    [InlineData("${NONE}", "MR1024")]
    [InlineData("${NONE:?set it to the server's name}", "MR1024")]
    [InlineData("${HOST", "MR1025")]
    [InlineData("${}", "MR1025")]
    [InlineData("${A B}", "MR1025")]
    [InlineData("${NONE:=x}", "MR1025")]
    [InlineData("${secret:warehouse#password}", "MR1026")]
    public void Explains_what_is_wrong(string text, string code)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Expander.Expand(text, Place));
        Assert.Equal(code, error.Code.Id);
        Assert.Equal("job.yaml:4:2", error.Place!.ToString());
    }

    [Fact]
    public void The_message_of_a_required_variable_is_shown()
        => Assert.Contains("set it to the server's name", Assert.Throws<MillraceException>(() => Expander.Expand("${NONE:?set it to the server's name}", Place)).Message, StringComparison.Ordinal);
}
