using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>
/// The messages of binding. Places carry the first character of the part at fault as an offset, which
/// <see cref="SourceText.Locate"/> turns into line and column.
/// </summary>
public static class BindingErrors
{
    public static readonly ErrorCode UnknownTableCode = new("MR5101", "A table, stream or view does not exist.", "SHOW TABLES and SHOW STREAMS list what there is; a file stands in quotes.");
    public static readonly ErrorCode UnknownColumnCode = new("MR5102", "A column does not exist.", "DESCRIBE lists the columns of a table.");
    public static readonly ErrorCode AmbiguousColumnCode = new("MR5103", "A column name means more than one column.", "Write the table's name in front of it.");
    public static readonly ErrorCode UnknownFunctionCode = new("MR5104", "A function does not exist.", "SHOW FUNCTIONS lists the functions.");
    public static readonly ErrorCode NoOverloadCode = new("MR5105", "A function or operator does not take arguments of these types.", "Convert an argument with CAST.");
    public static readonly ErrorCode TypeMismatchCode = new("MR5106", "An expression has the wrong type.", "Convert it with CAST.");
    public static readonly ErrorCode NotAllowedCode = new("MR5107", "An aggregate, window call or subquery stands where there cannot be one.", "Compute it in a subquery, or use HAVING or QUALIFY.");
    public static readonly ErrorCode UngroupedCode = new("MR5108", "A column is neither grouped by nor inside an aggregate.", "Add it to GROUP BY, or take an aggregate such as min() of it.");
    public static readonly ErrorCode ColumnCountCode = new("MR5109", "Two lists of columns differ in length.", "Give both the same number of columns.");
    public static readonly ErrorCode DuplicateNameCode = new("MR5110", "A name is given twice.", "Give one of them another name.");
    public static readonly ErrorCode CycleCode = new("MR5111", "A view uses itself.", "Use WITH RECURSIVE for a query that builds on its own rows.");
    public static readonly ErrorCode BadConstantCode = new("MR5112", "A constant is not of the type that it has to be.", "Write the constant in the form of the type.");
    public static readonly ErrorCode BadNumberCode = new("MR5113", "A number in GROUP BY or ORDER BY, or of LIMIT or OFFSET, is out of range.", "Use a number of the SELECT list, or a constant that is not negative.");
    public static readonly ErrorCode UnsupportedCode = new("MR5114", "A query asks for something that the engine does not do.", "Write the query in another way.");
    public static readonly ErrorCode TooComplexCode = new("MR5115", "A statement nests too deep or grows too large.", "Split it into several statements.");
    public static readonly ErrorCode BadWindowCode = new("MR5116", "A window is not defined in a way that makes sense.", "See the chapter on windows of the SQL reference.");
    public static readonly ErrorCode BadJoinCode = new("MR5117", "A join has no condition that it can be done with.", "See the chapter on joins of the SQL reference.");
    public static readonly ErrorCode BadRecursionCode = new("MR5118", "A recursive query is not of the form that can be run.", "It is a query, UNION or UNION ALL, and one query that reads the table once.");

    public static readonly ErrorCode TargetCode = new("MR5119", "A query does not give what the columns of its target need.", "Name the columns that the query fills, INSERT INTO target (a, b) SELECT …, and convert values with CAST.");

    internal static ErrorPlace Place(TextSpan span) => new() { Offset = span.Start };

    internal static MillraceException UnknownTable(QualifiedName name, IEnumerable<string> known)
        => UnknownTableCode.Error($"There is no table '{name}'{NearestName.Suggest(name.ToString(), known)}.", Place(name.Span));

    internal static MillraceException UnknownTableFunction(QualifiedName name, IEnumerable<string> known)
        => UnknownFunctionCode.Error($"There is no table function '{name}'{NearestName.Suggest(name.ToString(), known)}.", Place(name.Span), $"Table functions are {string.Join(", ", known)}.");

    internal static MillraceException UnknownColumn(string name, TextSpan span, IEnumerable<string> known, string? hint = null)
        => UnknownColumnCode.Error($"There is no column '{name}'{NearestName.Suggest(name, known)}.", Place(span), hint);

    internal static MillraceException UnknownField(string name, DataType type, TextSpan span)
        => UnknownColumnCode.Error($"{type} has no field '{name}'{(type.Id == TypeId.Struct ? NearestName.Suggest(name, type.Children.Select(f => f.Name)) : "")}.", Place(span));

    internal static MillraceException Ambiguous(string name, TextSpan span, IEnumerable<string> tables)
        => AmbiguousColumnCode.Error($"'{name}' is a column of {string.Join(" and of ", tables.Distinct())}.", Place(span));

    internal static MillraceException UnknownFunction(string name, TextSpan span, IEnumerable<string> known)
        => UnknownFunctionCode.Error($"There is no function '{name}'{NearestName.Suggest(name, known)}.", Place(span));

    internal static MillraceException NoOverload(string name, IReadOnlyList<string> types, IReadOnlyList<string> signatures, TextSpan span)
    {
        if (!char.IsLetter(name[0]) && name[0] != '_')
        {
            string operation = types.Count == 2 ? $"{types[0]} {name} {types[1]}" : $"{name} {string.Join(", ", types)}";
            return NoOverloadCode.Error($"There is no operator for {operation}.", Place(span), types.Contains("varchar") ? "Text is not converted by itself: write CAST(… AS …)." : null);
        }

        const int shown = 8;
        string more = signatures.Count > shown ? $" and {signatures.Count - shown} more" : "";
        return NoOverloadCode.Error($"{name}({string.Join(", ", types)}) does not exist; there is {string.Join("; ", signatures.Take(shown))}{more}.", Place(span));
    }

    internal static MillraceException WrongType(string what, DataType expected, DataType found, TextSpan span)
        => TypeMismatchCode.Error($"{what} has to be {expected}, found {found}.", Place(span));

    internal static MillraceException WrongType(string sentence, TextSpan span, string? hint = null)
        => TypeMismatchCode.Error(sentence, Place(span), hint);

    internal static MillraceException NoCommonType(string what, DataType first, DataType second, TextSpan span)
        => TypeMismatchCode.Error($"{what} mixes {first} and {second}, which have no common type.", Place(span), first.IsText || second.IsText ? $"Write CAST(… AS {(first.IsText ? second : first)})." : null);

    internal static MillraceException NoCast(DataType from, DataType to, TextSpan span)
        => TypeMismatchCode.Error($"{from} cannot be converted into {to}.", Place(span), "Convert through varchar, or choose another type.");

    internal static MillraceException UnknownType(TypeSyntax type, string detail)
        => TypeMismatchCode.Error($"Type '{type.Text}': {detail}.", Place(type.Span), "Types are listed in docs/reference/types.md.");

    internal static MillraceException NotAllowed(string sentence, TextSpan span, string? hint = null) => NotAllowedCode.Error(sentence, Place(span), hint);

    internal static MillraceException Ungrouped(string column, TextSpan span)
        => UngroupedCode.Error($"Column '{column}' is neither in GROUP BY nor inside an aggregate.", Place(span), $"Add {column} to GROUP BY, or take an aggregate such as min({column}).");

    internal static MillraceException ColumnCount(string sentence, TextSpan span) => ColumnCountCode.Error(sentence, Place(span));

    internal static MillraceException Duplicate(string what, string name, TextSpan span)
        => DuplicateNameCode.Error($"There are two {what} with the name '{name}'.", Place(span));

    internal static MillraceException Cycle(IEnumerable<string> views, TextSpan span)
        => CycleCode.Error($"The view uses itself: {string.Join(" → ", views)}.", Place(span));

    internal static MillraceException InView(QualifiedName view, MillraceException error)
        => error.Code.Error($"In the view {view}: {error.Message}", Place(view.Span), error.Hint, error);

    internal static MillraceException BadConstant(string text, DataType type, TextSpan span)
        => BadConstantCode.Error($"'{Shorten(text)}' is not {Article(type)}.", Place(span));

    internal static MillraceException BadNumber(string sentence, TextSpan span) => BadNumberCode.Error(sentence, Place(span));

    internal static MillraceException Unsupported(string sentence, TextSpan span, string? hint = null) => UnsupportedCode.Error(sentence, Place(span), hint);

    internal static MillraceException TooComplex(string sentence, TextSpan span) => TooComplexCode.Error(sentence, Place(span));

    internal static MillraceException BadWindow(string sentence, TextSpan span, string? hint = null) => BadWindowCode.Error(sentence, Place(span), hint);

    internal static MillraceException BadJoin(string sentence, TextSpan span, string? hint = null) => BadJoinCode.Error(sentence, Place(span), hint);

    internal static MillraceException BadRecursion(string sentence, TextSpan span) => BadRecursionCode.Error(sentence, Place(span));

    internal static MillraceException TargetWidth(InsertTarget target, IEnumerable<string> wanted, Relation query, TextSpan span)
    {
        string listed = string.Join(", ", wanted);
        int count = target.Listed.Count > 0 ? target.Listed.Count : target.Columns.Count;
        string given = string.Join(", ", query.Columns.Select(c => $"{c.Name} {c.Variable.Type}"));
        return ColumnCountCode.Error(
            $"{Columns(count)} of '{target.Name}' {(count == 1 ? "is" : "are")} to be filled ({listed}), and the query gives {query.Columns.Count} ({given}).",
            Place(span),
            target.Listed.Count > 0 ? null : $"Select a value for each column, or name those that the query fills: INSERT INTO {target.Name} (column, …) SELECT …");
    }

    internal static MillraceException UnknownTargetColumn(InsertTarget target, Identifier listed)
        => UnknownColumnCode.Error(
            $"'{target.Name}' has no column '{listed.Text}'{NearestName.Suggest(listed.Text, target.Columns.Select(c => c.Name))}.",
            Place(listed.Span),
            $"Its columns are {string.Join(", ", target.Columns)}.");

    internal static MillraceException NotFilled(InsertTarget target, TargetColumn column)
        => TargetCode.Error($"Column '{column.Name}' of '{target.Name}' takes no null, and the statement does not fill it.", Place(target.Listed[0].Span), $"Add {column.Name} to the list, and a value for it to the query.");

    internal static MillraceException NotAssignable(InsertTarget target, TargetColumn column, string? name, DataType type, TextSpan span)
        => TargetCode.Error(
            $"Column '{column.Name}' of '{target.Name}' is {column.Type}, and the query gives {(name is null ? type : $"'{name}' as {type}")}, which does not become that by itself.",
            Place(span),
            CastRules.IsPossible(type, column.Type) ? $"Write CAST({name ?? "…"} AS {column.Type})." : "Select another value, or declare the column with another type.");

    private static string Columns(int count) => count == 1 ? "1 column" : $"{count} columns";

    private static string Article(DataType type)
    {
        string name = type.ToString();
        return "aeiou".Contains(name[0], StringComparison.Ordinal) ? $"an {name}" : $"a {name}";
    }

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
