using System.Globalization;
using System.Text;
using Millrace.Connectors.Files;
using Millrace.Runtime;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Files are read on exactly where a run that died had committed, in every format.</summary>
[Trait("speed", "slow")]
public sealed class SourceGuaranteeTests : IDisposable
{
    private const int Rows = 40;
    private const int EpochRows = 7;

    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    [InlineData("avro")]
    public async Task A_read_that_is_interrupted_anywhere_goes_on_where_the_target_stands(string format)
    {
        var input = new ReplayInput(1);
        await WriteAsync(input, format, "a", 25);
        await WriteAsync(input, format, "b", Rows - 25);
        var targets = new List<MemoryTarget>();
        ProofReport report = await GuaranteeProof.RunAsync(
            () =>
            {
                var target = new MemoryTarget();
                targets.Add(target);
                return new ProofTarget
                {
                    Connector = plan => new MemoryConnector(target, plan),
                    Options = new NoOptions(),
                    ReadBack = () => Task.FromResult(target.Rows),
                    Source = plan => new Endpoint("files", new FaultyConnector(new FilesConnector(), plan), new FilesSourceOptions { Path = [_folder[$"*.{format}"]], UnfinishedLine = UnfinishedLines.Read }),
                    Expected = input.GoodRows,
                };
            },
            new ProofOptions { EpochRows = EpochRows, RandomCases = 10 });

        Assert.True(report.Steps > 20, report.ToString());
        Assert.All(targets.SelectMany(t => t.Commits), c => Assert.InRange(c.Rows, 0, EpochRows));
    }

    private async Task WriteAsync(ReplayInput input, string format, string name, int rows)
    {
        input.AddKey(rows);
        IEnumerable<long> ids = input.Snapshot()[^1].Rows.Select(r => r.Id);
        string path = $"{name}.{format}";
        switch (format)
        {
            case "csv":
                _folder.Write(path, "id,name\n" + Lines(ids, id => $"{id},row {id}"));
                break;
            case "jsonl":
                _folder.Write(path, Lines(ids, id => $$"""{"id":{{id}},"name":"row {{id}}"}"""));
                break;
            default:
                RunSummary summary = await new PipelineRunner(new Pipeline
                {
                    Job = "write",
                    BaseDirectory = _folder.Path,
                    Source = ReplayConnector.Endpoint(Only(input), FaultPlan.None()),
                    Sink = new Endpoint("files", new FilesConnector(), new FilesTargetOptions { Path = path }),
                    Failure = new FailureSpec { Strategy = FailureStrategy.LogAndContinue },
                    Threads = 1,
                }).RunAsync(default);
                Assert.Equal(rows, summary.Rows);
                break;
        }
    }

    // An input with the last key of another, whose rows keep their numbers.
    private static ReplayInput Only(ReplayInput input)
    {
        var only = new ReplayInput(1);
        foreach (ReplayKey key in input.Snapshot().SkipLast(1))
        {
            only.AddKey(Enumerable.Repeat(ReplayKind.Bad, key.Rows.Count));
        }

        return only.AddKey(input.Snapshot()[^1].Rows.Count);
    }

    private static string Lines(IEnumerable<long> ids, Func<long, FormattableString> line)
    {
        var text = new StringBuilder();
        foreach (long id in ids)
        {
            text.Append(line(id).ToString(CultureInfo.InvariantCulture)).Append('\n');
        }

        return text.ToString();
    }
}
