using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Sql.Parsing;

namespace Millrace.Cli;

/// <summary>A job and the statement that is it, for messages of one of several.</summary>
/// <param name="Pipeline">The job.</param>
/// <param name="Script">The text that the statement is from.</param>
/// <param name="Statement">The statement.</param>
internal sealed record SqlJob(Pipeline Pipeline, SourceText Script, StatementSyntax Statement)
{
    /// <summary>The end of the job, whose errors know lines of the text.</summary>
    public RunSummary Locate(RunSummary summary) => summary with
    {
        Error = summary.Error is { } error ? Script.Locate(error) : null,
        BadRowSample = [.. summary.BadRowSample.Select(Locate)],
    };

    private RowError Locate(RowError error)
        => error.Place is { File: null, Line: null, Offset: { } offset } place ? error with { Place = Script.Place(new TextSpan((int)offset, 0)) with { Stream = place.Stream, Split = place.Split, Row = place.Row } } : error;

    /// <summary>The member of documents that says which statement they are of.</summary>
    public const string Member = "statement";

    /// <summary>A statement as messages name it: by its name or target, and its line.</summary>
    public static string Describe(SourceText script, StatementSyntax statement)
        => $"in the statement at {script.Name}:{script.Position(statement.Span.Start).Line}{(NameOf(statement) is { } name ? $" ({name})" : "")}";

    /// <summary>The same for programs.</summary>
    public static JsonObject ToJson(SourceText script, StatementSyntax statement)
    {
        var document = new JsonObject { ["line"] = script.Position(statement.Span.Start).Line };
        if (script.Name is { } file)
        {
            document["file"] = file;
        }

        if (NameOf(statement) is { } name)
        {
            document["name"] = name;
        }

        return document;
    }

    private static string? NameOf(StatementSyntax statement) => StatementAnnotations.Of(statement).Name is { } given ? $"@name {given}" : statement switch
    {
        InsertStatement insert => $"INSERT INTO {insert.Name?.ToString() ?? $"'{insert.Location}'"}",
        CreateStatement create => $"CREATE {create.Kind.ToString().ToUpperInvariant()} {create.Name}",
        QueryStatement { Query.Body: SelectSyntax { Into: { } into } } => $"SELECT INTO {into}",
        _ => null,
    };
}
