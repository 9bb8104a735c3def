namespace Millrace.Columnar;

/// <summary>A value that the target type cannot hold.</summary>
/// <param name="Row">Its row in the source column.</param>
/// <param name="Message">A sentence with the value and the type.</param>
public readonly record struct CastFailure(int Row, string Message);

/// <summary>A converted column and the values that could not be converted, which are null in it.</summary>
/// <param name="Column">The caller's to dispose.</param>
/// <param name="Failures">In ascending order of rows, at most one a row.</param>
public readonly record struct CastResult(Column Column, IReadOnlyList<CastFailure> Failures);
