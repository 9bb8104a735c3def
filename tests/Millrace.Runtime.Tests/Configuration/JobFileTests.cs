using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Configuration;

public sealed class JobFileTests
{
    private const string Rest = "source: {connector: replay}\ntarget: {connector: replay}\n";

    [Theory]
    [InlineData("name: ''\n", "'name' is empty", 1)]
    [InlineData("name: ' '\n", "'name' is empty", 1)]
    [InlineData("name: \"a\\0b\"\n", "'name' holds a control character", 1)]
    [InlineData("name: \"a\\nb\"\n", "'name' holds a control character", 1)]
    [InlineData("name: a\ntenant: ''\n", "'tenant' is empty", 2)]
    [InlineData("name: a\ntenant: \"\\e[31m\"\n", "'tenant' holds a control character", 2)]
    public void A_name_that_cannot_be_seen_is_a_fault_with_its_place(string text, string message, int line)
    {
        MillraceException fault = Assert.Single(Faults(text + Rest), f => f.Message.Contains(message, StringComparison.Ordinal));

        Assert.Equal("MR1012", fault.Code.Id);
        Assert.Equal(("job.yaml", (long?)line), (fault.Place?.File, fault.Place?.Line));
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("Größe/täglich 漢")]
    [InlineData("..")]
    public void Any_other_name_will_do(string name)
        => Assert.DoesNotContain(Faults($"name: \"{name}\"\n{Rest}"), f => f.Message.Contains("'name'", StringComparison.Ordinal));

    private static IReadOnlyList<MillraceException> Faults(string text)
    {
        OptionMap root = YamlFile.Parse(text, "job.yaml", new VariableExpander(_ => null));
        var error = (MillraceException?)Record.Exception(() => JobFile.Bind(root, "job.yaml", new ConnectorRegistry()));
        return error is null ? [] : error.Related.Count > 0 ? error.Related : [error];
    }
}
