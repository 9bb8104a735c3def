using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Runtime.Sql;

/// <summary>The query of a transform, which is bound to each schema that its source turns out to have.</summary>
/// <param name="Query">The query.</param>
/// <param name="Place">Where it stands in the job file.</param>
/// <param name="Text">The text that it is from.</param>
/// <param name="Functions">What it can call.</param>
internal sealed record TransformQuery(QuerySyntax Query, ErrorPlace Place, SourceText Text, FunctionTable Functions)
{
    /// <summary>Name of the job's source in the query.</summary>
    public const string SourceName = "source";

    /// <summary>Reads the option of a job file; null for none.</summary>
    /// <param name="option">The text of a query, or the path of a file of that.</param>
    /// <param name="functions">Paths of assemblies with functions.</param>
    /// <param name="baseDirectory">Folder against which paths are resolved.</param>
    public static TransformQuery? Of(OptionNode? option, IReadOnlyList<string> functions, string baseDirectory)
    {
        if (option is null or OptionScalar { IsNull: true })
        {
            return null;
        }

        if (option is not OptionScalar scalar)
        {
            throw SqlErrors.BadDefinition.Error("A transform is the text of a query, or the path of a .sql file.", option.Place);
        }

        bool isFile = scalar.Text.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) && !scalar.Text.Any(char.IsWhiteSpace);
        SourceText text = isFile
            ? new SourceText(TextFiles.Read(Path.Combine(baseDirectory, scalar.Text), ParsingErrors.BadCharacter), scalar.Text)
            : new SourceText(scalar.Text, $"{scalar.Place} (transform)");
        return SqlParser.ParseStatement(text) is QueryStatement query
            ? new TransformQuery(query.Query, scalar.Place, text, TableOf(functions, baseDirectory, scalar.Place))
            : throw SqlErrors.BadDefinition.Error("A transform is a query: SELECT … FROM source.", scalar.Place);
    }

    private static FunctionTable TableOf(IReadOnlyList<string> assemblies, string baseDirectory, ErrorPlace place)
    {
        try
        {
            return assemblies.Aggregate(BuiltInFunctions.Table, (table, path) => table.With(FunctionAssembly.Load(Path.Combine(baseDirectory, path))));
        }
        catch (MillraceException e)
        {
            throw e.At(place with { Line = null, Column = null });
        }
    }

    public async ValueTask<RowQuery> BindAsync(Schema schema, CancellationToken cancellation)
    {
        using var table = new MemoryTable(SourceName, schema);
        var catalog = new MemoryCatalog();
        catalog.Add(table);
        BoundQuery bound;
        try
        {
            bound = await QueryBinder.BindAsync(Query, catalog, Functions, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            throw Text.Locate(e);
        }

        return RowQuery.TryOf(bound) ?? throw SqlErrors.NotRowByRow.Error("The transform looks at more than one row at a time.", Place, Instead());
    }

    // The same query as a statement, which is what can be run instead.
    private string Instead()
    {
        string query = SqlPrinter.Print(Query);
        const int most = 300;
        return $"As a statement with a state of its own it runs with `millrace sql`: CREATE TABLE source WITH (path = 'the location of the source'); CREATE TABLE target WITH (path = 'the location of the target'); INSERT INTO target {(query.Length > most ? "SELECT … FROM source" : query)};";
    }
}
