using System.Text.RegularExpressions;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Targets that declare their columns, as the guides show them.</summary>
[Trait("speed", "slow")]
public sealed partial class GuideTargetTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sql.md", "paid", "orders.csv", "id,amount,placed\n1,2.345,2026-01-02\n2,0,2026-01-03\n3,7,2026-01-03\n")]
    [InlineData("streaming-sql.md", "pages", "clicks/1.csv", "ts,page\n2026-01-01 10:00:00,home\n2026-01-01 10:01:00,cart\n2026-01-01 10:02:00,home\n")]
    public async Task A_declared_target_gets_the_rows_of_the_guide(string page, string name, string input, string rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[input])!);
        await File.WriteAllTextAsync(_folder[input], rows);
        string text = await File.ReadAllTextAsync(Path.Combine(GoldenFile.Root(), "docs", "guides", page));
        Match block = Block().Matches(text).Single(m => m.Groups["name"].Value == name);
        using var session = new SqlSession(Composition.Connectors, _folder.Path);
        session.Settings.Drains = true;
        foreach (StatementSyntax statement in SqlParser.ParseScript(new SourceText(block.Groups["sql"].Value)))
        {
            await session.RunAsync(statement, CancellationToken.None);
        }

        string file = Assert.Single(Directory.GetFiles(_folder[name], "*.csv"));
        Assert.Equal(block.Groups["shown"].Value.Split('\n').Order(StringComparer.Ordinal), (await File.ReadAllLinesAsync(file)).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("^```sql\n-- (?<name>[a-z]+)\\.sql\n(?<sql>[^`]*)```\n[^`]*(`[^`\n]+`[^`]*)*```csv\n(?<shown>[^`]*)\n```$", RegexOptions.Multiline)]
    private static partial Regex Block();
}
