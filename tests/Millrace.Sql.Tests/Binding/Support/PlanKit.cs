using Millrace.Sql.Binding;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Tests.Binding;

/// <summary>Short ways from SQL to plans and errors.</summary>
internal static class PlanKit
{
    public static QuerySyntax Parse(string sql) => ((QueryStatement)SqlParser.ParseStatement(new SourceText(sql))).Query;

    public static BoundQuery Bind(string sql, PlanCatalog? catalog = null)
        => QueryBinder.BindAsync(Parse(sql), catalog ?? new PlanCatalog(), BuiltInFunctions.Table, CancellationToken.None).GetAwaiter().GetResult();

    public static BoundQuery BindOnly(string sql)
        => QueryBinder.BindOnlyAsync(Parse(sql), new PlanCatalog(), BuiltInFunctions.Table, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The plan after all rules, without the last line's end.</summary>
    public static string Plan(string sql) => LogicalPrinter.Print(Bind(sql).Plan).TrimEnd();

    /// <summary>Types of the result.</summary>
    public static string Types(string sql) => string.Join(", ", Bind(sql).Plan.Output.Select(c => c.Type));

    /// <summary>The error with its place as line:column.</summary>
    public static (string Id, string Place, string Message, string Hint) Fail(string sql)
    {
        MillraceException error = new SourceText(sql).Locate(Assert.Throws<MillraceException>(() => Bind(sql)));
        return (error.Code.Id, $"{error.Place?.Line}:{error.Place?.Column}", error.Message, error.Hint);
    }
}
