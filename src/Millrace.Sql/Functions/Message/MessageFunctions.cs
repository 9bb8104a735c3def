using Millrace.Columnar;
using static Millrace.Sql.Functions.Define;

namespace Millrace.Sql.Functions;

/// <summary>The table of the functions of messages. Files and tables have no headers, so a row of them has none of any name.</summary>
internal static class MessageFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Function(FunctionCategory.Message, "header", "The value of a header of the row's message by its name; null where there is none, as in rows of files.", Takes(Text).SeesNulls().Gives(Text, Value))
            .Example("header('trace')", "NULL"),
        Function(FunctionCategory.Message, "has_header", "Whether the row's message has a header of a name.", Takes(Text).SeesNulls().Gives(Bool, Has))
            .Example("has_header('trace')", "false"),
        Function(FunctionCategory.Message, "header_keys", "The names of the headers of the row's message.", Takes().Gives(TextArray, Keys))
            .Example("array_length(header_keys())", "0"),
        new SpecialForm("set_header", FunctionCategory.Message, "Gives the row's outgoing message a header. It stands in the SELECT list as an item of its own, and its target has to carry headers; without a target it shows in the column `_headers`.", ["SET_HEADER('name', value)"])
        {
            Examples = [new("SELECT _headers['trace'] FROM (SELECT 1 AS a, SET_HEADER('trace', 7)) AS q", "7")],
        },
        new SpecialForm("remove_header", FunctionCategory.Message, "Takes a header from the row's outgoing message: where the target hands on those of the incoming one, and where SET_HEADER stands before it.", ["REMOVE_HEADER('name')"])
        {
            Examples = [new("SELECT _headers['trace'] FROM (SELECT SET_HEADER('trace', 7), REMOVE_HEADER('trace')) AS q", "NULL")],
        },
    ];

    private static Column Value(in KernelCall call)
    {
        using var values = new BinaryBuilder(call.Type, call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            values.AppendNull();
        }

        return values.Build();
    }

    private static Column Has(in KernelCall call)
    {
        using var found = new BooleanBuilder(call.Rows);
        found.AppendRun(false, call.Rows);
        return found.Build();
    }

    private static Column Keys(in KernelCall call)
    {
        using var names = new ListBuilder(call.Type, call.Rows);
        for (int row = 0; row < call.Rows; row++)
        {
            names.AppendRow();
        }

        return names.Build();
    }
}
