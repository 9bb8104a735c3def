using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Functions;

/// <summary>The examples of the function table, run by the whole engine: from the parser to the rows.</summary>
public sealed class FunctionExampleTests
{
    // What depends on the time or on chance has no result that could be written down.
    private static readonly string[] WithoutExamples = ["now", "current_date", "current_time", "localtimestamp", "random"];

    public static TheoryData<string> Names => [.. BuiltInFunctions.Table.All.Where(f => f.Examples.Count > 0).Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Examples_have_the_results_that_are_written_there(string name)
    {
        foreach (FunctionExample example in BuiltInFunctions.Table.Find(name)!.Examples)
        {
            string found = await RunAsync(example.Sql);
            Assert.True(example.Result == found, $"{example.Sql} is {found}, not {example.Result}.");
        }
    }

    [Fact]
    public void Every_function_has_an_example_and_a_sentence()
    {
        Assert.Empty(BuiltInFunctions.Table.All.Where(f => f.Examples.Count == 0 && f is ScalarFunction && !WithoutExamples.Contains(f.Name)).Select(f => f.Name));
        Assert.Empty(BuiltInFunctions.Table.All.Where(f => !f.Doc.EndsWith('.') || f.Signatures.Count == 0).Select(f => f.Name));
    }

    private static async Task<string> RunAsync(string example)
    {
        bool isQuery = example.StartsWith("SELECT", StringComparison.OrdinalIgnoreCase) || example.StartsWith("WITH", StringComparison.OrdinalIgnoreCase);
        var query = ((QueryStatement)SqlParser.ParseStatement(new SourceText(isQuery ? example : $"SELECT {example}"))).Query;
        var context = new QueryContext { Lanes = 1, Evaluation = new EvaluationContext { Now = new DateTimeOffset(2024, 5, 17, 10, 20, 30, TimeSpan.Zero) } };
        try
        {
            QueryResult result = await SqlEngine.QueryAsync(query, new MemoryCatalog(), BuiltInFunctions.Table, context, CancellationToken.None);
            var values = new List<string>();
            await foreach (RecordBatch batch in result.Rows)
            {
                using (batch)
                {
                    for (int row = 0; row < batch.Length; row++)
                    {
                        values.Add(TestColumns.Print(batch.Columns[0], row));
                    }
                }
            }

            return Assert.Single(values);
        }
        catch (MillraceException e)
        {
            return $"{e.Code.Id} {e.Message}";
        }
    }
}
