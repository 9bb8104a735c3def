using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>A conversion. Instants and times without a zone become each other in the zone of the statement.</summary>
internal sealed class CastEvaluator(BoundCast cast, Evaluator operand, TimeZoneInfo zone) : Evaluator(cast.Type)
{
    private readonly ConstantCalls _constant = new();

    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        using Vector source = operand.Evaluate(batch, faults);
        CastResult result = Convert(source.Column);
        if (!cast.Try && result.Failures.Count > 0)
        {
            Report(result, source.IsConstant, batch.Length, faults);
        }

        return new Vector(result.Column, source.IsConstant);
    }

    public override void Dispose() => operand.Dispose();

    private CastResult Convert(Column source)
        => NestedText.Is(source.Type, Type) ? NestedText.Parse(source, Type)
        : ZoneCasts.Depends(source.Type, Type) ? ZoneCasts.To(source, Type, zone)
        : Cast.To(source, Type);

    private void Report(CastResult result, bool constant, int rows, RowFaults faults)
    {
        if (constant)
        {
            _constant.Begin(cast.Span);
            _constant.Faults.Add(0, ExecutionErrors.CastFailedCode, result.Failures[0].Message);
            _constant.End(rows, faults);
            return;
        }

        faults.Span = cast.Span;
        foreach (CastFailure failure in result.Failures)
        {
            faults.Add(failure.Row, ExecutionErrors.CastFailedCode, failure.Message);
        }
    }
}
