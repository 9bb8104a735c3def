using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>
/// A call of a function. Unless the kernel looks at nulls itself, the result is null where an argument is, and such rows make
/// no faults.
/// </summary>
internal sealed class CallEvaluator : Evaluator
{
    private readonly BoundCall _call;
    private readonly ScalarKernel _kernel;
    private readonly Evaluator[] _arguments;
    private readonly Vector[] _vectors;
    private readonly EvaluationContext _context;
    private readonly ConstantCalls _constant = new();
    private readonly Column _null;

    /// <summary>Takes over the evaluators of the arguments.</summary>
    public CallEvaluator(BoundCall call, Evaluator[] arguments, EvaluationContext context)
        : base(call.Type)
    {
        _call = call;
        _arguments = arguments;
        _vectors = new Vector[arguments.Length];
        _context = context;
        _kernel = call.Overload.Kernel(Site(call));
        _null = ConstantColumn.Create(call.Type, null);
    }

    public override Vector Evaluate(RecordBatch batch, RowFaults faults)
    {
        int made = 0;
        try
        {
            bool constant = _call.Function.Volatility != Volatility.Volatile;
            bool isNull = false;
            for (; made < _arguments.Length; made++)
            {
                Vector argument = _arguments[made].Evaluate(batch, faults);
                _vectors[made] = argument;
                constant &= argument.IsConstant;
                isNull |= argument.IsNullConstant;
            }

            if (isNull && !_call.Overload.SeesNulls)
            {
                return new Vector(_null.Share(), IsConstant: true);
            }

            return constant ? Once(batch.Length, faults) : new Vector(Rows(batch.Length, faults));
        }
        finally
        {
            foreach (Vector vector in _vectors.AsSpan(0, made))
            {
                vector.Dispose();
            }
        }
    }

    public override void Dispose()
    {
        DisposeAll(_arguments);
        _null.Dispose();
    }

    private static ScalarCallSite Site(BoundCall call)
    {
        var types = new DataType[call.Arguments.Count];
        var constants = new object?[]?[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = call.Arguments[i].Type;
            constants[i] = call.Arguments[i] is BoundConstant constant ? [constant.Value] : null;
        }

        return new ScalarCallSite(types, constants, call.Type);
    }

    private Vector Once(int rows, RowFaults faults)
    {
        _constant.Begin(_call.Span);
        Column result = Run(1, _constant.Faults);
        _constant.End(rows, faults);
        return new Vector(result, IsConstant: true);
    }

    private Column Rows(int rows, RowFaults faults)
    {
        faults.Span = _call.Span;
        if (_call.Overload.SeesNulls)
        {
            return Run(rows, faults);
        }

        using NativeBuffer? scratch = ArgumentNulls.Intersect(_vectors, rows, out Bitmap valid);
        if (valid.IsAbsent)
        {
            return Run(rows, faults);
        }

        Bitmap before = faults.Active;
        using NativeBuffer? asked = ArgumentNulls.Both(before, valid, out Bitmap active);
        faults.Active = active;
        try
        {
            using Column result = Run(rows, faults);
            return result.WithNulls(valid);
        }
        finally
        {
            faults.Active = before;
        }
    }

    private Column Run(int rows, RowFaults faults)
        => _kernel(new KernelCall { Arguments = _vectors, Rows = rows, Type = Type, Faults = faults, Context = _context });
}
