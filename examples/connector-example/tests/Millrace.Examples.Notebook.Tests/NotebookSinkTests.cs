using System.Text.Json.Nodes;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Examples.Notebook.Tests;

/// <summary>Every test of a sink, inherited.</summary>
public sealed class NotebookSinkTests : SinkConformance, IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    protected override Connector Connector { get; } = new NotebookConnector();

    protected override object CreateOptions() => new NotebookTargetOptions { Path = _folder["notes"] };

    // Reads the files by hand: a sink that is checked with its own source may be wrong twice.
    protected override Task<IReadOnlyList<string>> ReadBackAsync()
    {
        var rows = new List<string>();
        foreach (string file in _folder.Files().Where(f => f.EndsWith(".page", StringComparison.Ordinal)))
        {
            foreach (string line in File.ReadAllText(_folder[file]).Split('\n').Skip(1))
            {
                JsonArray values = JsonNode.Parse(line)!.AsArray();
                string name = values[1] is { } text ? $"\"{(string)text!}\"" : "null";
                rows.Add($$"""{"id":{{(string)values[0]!}},"name":{{name}}}""");
            }
        }

        return Task.FromResult<IReadOnlyList<string>>(rows);
    }

    [Fact]
    public async Task A_page_that_another_run_wrote_meanwhile_is_not_overwritten()
    {
        await using ISink sink = Connector.OpenSink(CreateOptions(), Context);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Schema, RunId = "a" }, default);
        _folder.Write("notes/00000001.page", "theirs");
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await writer.CommitAsync(new Checkpoint { Job = "a", Epoch = 1, CreatedAt = default }, default));
        Assert.Equal(NotebookErrors.WrittenMeanwhile, error.Code);
        Assert.Equal("theirs", File.ReadAllText(_folder["notes/00000001.page"]));
    }

    public void Dispose() => _folder.Dispose();
}
