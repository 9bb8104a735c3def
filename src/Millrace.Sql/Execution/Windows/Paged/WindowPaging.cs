namespace Millrace.Sql.Execution;

/// <summary>Partitions on disk.</summary>
/// <param name="MaxRows">Partitions of more rows go there, whatever memory there is.</param>
/// <param name="PageRows">Rows of a page.</param>
/// <param name="NearPages">So many pages' rows are read around each page at most, where there are other ways.</param>
internal sealed record WindowPaging(int MaxRows, int PageRows, int NearPages);
