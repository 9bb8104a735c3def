using System.Text.Json.Nodes;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Examples.Notebook.Tests;

/// <summary>What the connector says of its sink, proven: it is interrupted at every step and has to keep its guarantee.</summary>
public sealed class NotebookGuaranteeTests
{
    [Fact]
    public async Task Rows_are_written_exactly_once_wherever_a_run_is_interrupted()
    {
        ProofReport report = await GuaranteeProof.RunAsync(New);
        Assert.Equal(DeliveryGuarantee.ExactlyOnce, report.Guarantee);
    }

    private static ProofTarget New()
    {
        var folder = new TempFolder(inMemory: true);
        return new ProofTarget
        {
            Connector = plan => new NotebookConnector(store => new FaultyStore(store, plan)),
            Options = new NotebookTargetOptions { Path = folder["notes"] },
            ReadBack = () => Task.FromResult<IReadOnlyList<string>>(
                [.. folder.Files().Where(f => f.EndsWith(".page", StringComparison.Ordinal)).SelectMany(f => Rows(File.ReadAllText(folder[f])))]),
            Release = folder.Dispose,
        };
    }

    private static IEnumerable<string> Rows(string page)
        => page.Split('\n').Skip(1).Where(l => l.Length > 0).Select(l => JsonNode.Parse(l)!.AsArray()).Select(v => $$"""{"id":{{(string)v[0]!}},"name":"{{(string)v[1]!}}"}""");
}
