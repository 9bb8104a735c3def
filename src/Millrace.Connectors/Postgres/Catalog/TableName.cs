using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>A table by schema and name.</summary>
internal sealed record TableName(string Schema, string Name)
{
    public const string DefaultSchema = "public";

    private const char Mark = '"';

    /// <summary>Name in SQL.</summary>
    public string Sql => $"{Quote(Schema)}.{Quote(Name)}";

    /// <summary>An identifier in quotes, as SQL wants one that may hold anything.</summary>
    public static string Quote(string identifier) => QuotedName.Quote(identifier, Mark);

    /// <summary>Reads <c>schema.table</c>, each part quoted or not; a name alone is one in <c>public</c>. Case counts, as in the catalogue.</summary>
    public static TableName Parse(string text) => QuotedName.Split(text, Mark) switch
    {
        [{ Length: > 0 } name] => new TableName(DefaultSchema, name),
        [{ Length: > 0 } schema, { Length: > 0 } name] => new TableName(schema, name),
        _ => throw PostgresErrors.UnknownTable.Error($"'{text}' is not the name of a table.", hint: "Write schema.table, with double quotes around parts that hold dots."),
    };

    public override string ToString() => QuotedName.Plain(Schema, Mark) + "." + QuotedName.Plain(Name, Mark);
}
