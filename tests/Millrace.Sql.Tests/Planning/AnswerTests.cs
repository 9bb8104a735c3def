using System.Globalization;
using System.Runtime.CompilerServices;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;
using Millrace.Sql.Tests.Binding;

namespace Millrace.Sql.Tests.Planning;

/// <summary>Subqueries, joins and groups give the rows that another engine gives, whatever the rules make of them.</summary>
public class AnswerTests
{
    public static TheoryData<string> Queries { get; } = [.. Answers.Load("subqueries.txt").Rows.Keys];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_query_has_the_rows_that_sqlite_gives(string sql)
    {
        Answers answers = Answers.Load("subqueries.txt");
        var catalog = new ViewCatalog(answers.Views);
        BoundQuery bound = await QueryBinder.BindAsync(PlanKit.Parse(sql), catalog, BuiltInFunctions.Table, CancellationToken.None);
        Assert.DoesNotContain("(query)", LogicalPrinter.Print(bound.Plan), StringComparison.Ordinal);
        QueryResult result = await SqlEngine.QueryAsync(PlanKit.Parse(sql), catalog, BuiltInFunctions.Table, new QueryContext { Lanes = 2 }, CancellationToken.None);
        var rows = new List<string>();
        await foreach (RecordBatch batch in result.Rows)
        {
            using (batch)
            {
                rows.AddRange(Enumerable.Range(0, batch.Length).Select(r => string.Join('\t', batch.Columns.Select(c => Cell(c, r)))));
            }
        }

        Assert.Equal(answers.Rows[sql], rows.Order(StringComparer.Ordinal));
    }

    private static string Cell(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return "NULL";
        }

        using Column all = Cast.To(column, DataType.Utf8).Column;
        string text = ((BinaryColumn)all).GetString(row);
        return column.Type switch
        {
            { Id: TypeId.Boolean } => text == "true" ? "1" : "0",
            { IsFloat: true } or { Id: TypeId.Decimal } => Math.Round(double.Parse(text, CultureInfo.InvariantCulture), 6).ToString("0.######", CultureInfo.InvariantCulture),
            _ => text,
        };
    }

    /// <summary>A file of views and queries with their rows.</summary>
    private sealed record Answers(Dictionary<string, string> Views, Dictionary<string, List<string>> Rows)
    {
        public static Answers Load(string name)
        {
            var answers = new Answers([], []);
            List<string> rows = [];
            foreach (string line in File.ReadAllLines(Path.Combine(Folder(), "Answers", name)))
            {
                if (line.StartsWith("view ", StringComparison.Ordinal))
                {
                    string[] parts = line[5..].Split(": ", 2);
                    answers.Views.Add(parts[0], parts[1]);
                }
                else if (line.StartsWith("query ", StringComparison.Ordinal))
                {
                    answers.Rows.Add(line[6..], rows = []);
                }
                else if (line.StartsWith('\t'))
                {
                    rows.Add(line[1..]);
                }
            }

            foreach (List<string> sorted in answers.Rows.Values)
            {
                sorted.Sort(StringComparer.Ordinal);
            }

            return answers;
        }

        private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
    }
}
