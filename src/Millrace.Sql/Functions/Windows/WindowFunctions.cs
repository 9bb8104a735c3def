namespace Millrace.Sql.Functions;

/// <summary>All functions of this folder.</summary>
internal static class WindowFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } = [.. RankFunctions.All, .. OffsetFunctions.All, .. FrameValueFunctions.All, .. TimeSeriesFunctions.All, .. GapFunctions.All];
}
