using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Examples.Notebook.Tests;

/// <summary>Every test of a source, inherited.</summary>
public sealed class NotebookSourceTests : SourceConformance, IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly List<string> _rows = [];

    public NotebookSourceTests()
    {
        for (int page = 1; page <= 4; page++)
        {
            var lines = new List<string> { """{"checkpoint":{"version":1,"job":"x","epoch":1,"created_at":"2024-01-01T00:00:00Z","splits":{}},"columns":[{"name":"id","type":"bigint"},{"name":"day","type":"date"},{"name":"note","type":"varchar"}]}""" };
            for (int i = 0; i < 50; i++)
            {
                string note = i % 10 == 0 ? "null" : $"\"note {i}\"";
                lines.Add($"[\"{(page * 100) + i}\",\"2024-02-{page:00}\",{note}]");
                _rows.Add($$"""{"id":{{(page * 100) + i}},"day":"2024-02-{{page:00}}","note":{{note}}}""");
            }

            _folder.Write($"{page:00000000}.page", string.Join('\n', lines));
        }
    }

    protected override Connector Connector { get; } = new NotebookConnector();

    protected override IReadOnlyList<string> ExpectedRows => _rows;

    protected override object CreateOptions() => new NotebookSourceOptions { Path = _folder.Path };

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("\0\u0001")]
    public async Task A_damaged_page_is_named(string text)
    {
        _folder.Write("00000001.page", text);
        await using ISource source = Connector.OpenSource(CreateOptions(), Context);
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await source.PlanAsync(new ReadRequest(), default));
        Assert.Equal(NotebookErrors.DamagedPage, error.Code);
        Assert.EndsWith("00000001.page", error.Place!.File, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
