using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>A table by database and name.</summary>
internal sealed record TableName(string Database, string Name)
{
    private const char Mark = '`';

    /// <summary>Name in SQL.</summary>
    public string Sql => $"{Quote(Database)}.{Quote(Name)}";

    /// <summary>An identifier in backticks, as SQL wants one that may hold anything.</summary>
    public static string Quote(string identifier) => QuotedName.Quote(identifier, Mark);

    /// <summary>Identifiers, separated by commas.</summary>
    public static string QuoteAll(IEnumerable<string> identifiers) => string.Join(", ", identifiers.Select(Quote));

    /// <summary>Reads <c>table</c> or <c>database.table</c>, each part in backticks or not.</summary>
    /// <param name="text">The name.</param>
    /// <param name="database">Database of a name alone; null where none was chosen.</param>
    public static TableName Parse(string text, string? database) => QuotedName.Split(text, Mark) switch
    {
        [{ Length: > 0 } name] => new TableName(database ?? throw MySqlErrors.UnknownTable.Error($"The table '{text}' is named without its database, and none is chosen.", hint: "Name one: mysql://host/database, or database.table."), name),
        [{ Length: > 0 } schema, { Length: > 0 } name] => new TableName(schema, name),
        _ => throw MySqlErrors.UnknownTable.Error($"'{text}' is not the name of a table.", hint: "Write table or database.table, with backticks around parts that hold dots."),
    };

    /// <summary>Whether another name is of the same table.</summary>
    /// <param name="database">Database of the other.</param>
    /// <param name="name">The other.</param>
    /// <param name="names">How the server compares names of databases and tables.</param>
    public bool Is(string database, string name, StringComparison names) => name.Equals(Name, names) && database.Equals(Database, names);

    public override string ToString() => QuotedName.Plain(Database, Mark) + "." + QuotedName.Plain(Name, Mark);
}
