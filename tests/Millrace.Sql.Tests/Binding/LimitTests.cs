using Millrace.Sql.Binding;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Tests.Binding;

public class LimitTests
{
    [Theory]
    [InlineData(" AND ")]
    [InlineData(" OR ")]
    public void Ten_thousand_conditions_are_one_list(string logic)
    {
        string sql = $"SELECT a FROM t WHERE {string.Join(logic, Enumerable.Range(0, 10_000).Select(i => $"b <> {i}"))}";
        var filter = Assert.Single(Operators(PlanKit.Bind(sql).Plan).OfType<LogicalFilter>());
        var list = Assert.IsType<BoundLogic>(filter.Condition);
        Assert.Equal(10_000, list.Operands.Count);
        Assert.Equal(logic == " AND ", list.And);
    }

    [Fact]
    public void Nine_hundred_queries_of_a_union_are_one_operator()
    {
        string sql = string.Join(" UNION ALL ", Enumerable.Range(0, 900).Select(i => $"SELECT {i}"));
        var union = Assert.IsType<LogicalUnion>(PlanKit.Bind(sql).Plan);
        Assert.Equal(900, union.Parts.Count);
    }

    [Fact]
    public void Ten_thousand_rows_of_values_are_bound()
    {
        string sql = $"VALUES {string.Join(", ", Enumerable.Range(0, 10_000).Select(i => $"({i}, 'x{i}')"))}";
        Assert.Equal(10_000, Assert.IsType<LogicalValues>(PlanKit.Bind(sql).Plan).Rows.Count);
    }

    [Fact]
    public void A_syntax_tree_that_is_too_deep_for_the_stack_is_an_error()
    {
        // The parser gives no such tree, but a program can.
        ExpressionSyntax deep = new NameSyntax(new QualifiedName([new Identifier("a")]));
        for (int i = 0; i < 200_000; i++)
        {
            deep = new UnarySyntax(UnaryOperator.Not, deep);
        }

        QuerySyntax query = PlanKit.Parse("SELECT a FROM t");
        query = query with { Body = (SelectSyntax)query.Body with { Where = deep } };
        Assert.Equal("MR5115", Assert.Throws<MillraceException>(() => Bind(query)).Code.Id);
    }

    [Fact]
    public void Common_tables_that_double_at_each_step_are_an_error()
    {
        IEnumerable<string> tables = Enumerable.Range(1, 40).Select(i => $"c{i} AS (SELECT * FROM c{i - 1} UNION ALL SELECT * FROM c{i - 1})");
        string sql = $"WITH c0 AS (SELECT 1 AS x), {string.Join(", ", tables)} SELECT * FROM c40";
        Assert.Equal("MR5115", PlanKit.Fail(sql).Id);
    }

    [Fact]
    public void Cubes_of_too_many_keys_are_an_error()
        => Assert.Equal("MR5115", PlanKit.Fail("SELECT count(*) FROM t GROUP BY CUBE (a, b, c, s, d, x, day), CUBE (a, b, c, s, d, x, ts)").Id);

    [Fact]
    public void A_table_that_is_named_often_is_asked_for_once()
    {
        var catalog = new PlanCatalog();
        PlanKit.Bind("SELECT * FROM t WHERE a IN (SELECT a FROM T) AND b = (SELECT max(b) FROM t AS x) UNION ALL SELECT * FROM t", catalog);
        Assert.Equal(["t"], catalog.Asked.Select(n => n.ToLowerInvariant()));
    }

    [Fact]
    public void Common_tables_are_not_asked_for()
    {
        var catalog = new PlanCatalog();
        PlanKit.Bind("WITH t AS (SELECT * FROM u), w AS (SELECT * FROM t) SELECT * FROM w", catalog);
        Assert.Equal(["u"], catalog.Asked);
    }

    private static BoundQuery Bind(QuerySyntax query)
        => QueryBinder.BindAsync(query, new PlanCatalog(), Sql.Functions.BuiltInFunctions.Table, CancellationToken.None).GetAwaiter().GetResult();

    private static IEnumerable<LogicalPlan> Operators(LogicalPlan plan) => plan.Inputs.SelectMany(Operators).Prepend(plan);
}
