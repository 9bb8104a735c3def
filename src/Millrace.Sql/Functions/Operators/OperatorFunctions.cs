namespace Millrace.Sql.Functions;

/// <summary>The functions of this folder.</summary>
internal static class OperatorFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        .. ArithmeticFunctions.All,
        .. BitFunctions.All,
        .. Concatenate.All,
    ];
}
