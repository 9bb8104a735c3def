namespace Millrace.Columnar;

/// <summary>A column to sort by.</summary>
/// <param name="Column">Borrowed.</param>
/// <param name="Descending">Largest first.</param>
/// <param name="NullsFirst">Nulls before the values, whichever way these go.</param>
public readonly record struct SortKey(Column Column, bool Descending = false, bool NullsFirst = false);
