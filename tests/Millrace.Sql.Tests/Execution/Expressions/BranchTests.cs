using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Execution;

/// <summary>What a condition has decided is not computed any more, in whatever way branches are run.</summary>
[Trait("speed", "slow")]
public sealed class BranchTests
{
    private static readonly ColumnVariable A = new("a", DataType.Int32);
    private static readonly ColumnVariable T = new("t", DataType.Utf8);

    private static BoundExpression OneOver(BoundExpression divisor) => Bound.Call("/", Bound.Int(100), divisor);

    private static BoundExpression IsZero(BoundExpression value) => Bound.Compare(value, CompareOperator.Equal, Bound.Int(0));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Zero_is_kept_from_a_division_by_case_and_or_and_coalesce(int zeroEvery)
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Numbers(500, zeroEvery);
        var a = new BoundColumn(A);
        Expect(Bound.Case(IsZero(a), Bound.Int(-1), OneOver(a)), batch, v => v is null ? null : v == 0 ? -1 : 100 / v);
        Expect(Bound.And(new BoundNot(IsZero(a)), Bound.Compare(OneOver(a), CompareOperator.Less, Bound.Int(20))), batch, v => v is null ? null : v != 0 && 100 / v < 20);
        Expect(Bound.Or(IsZero(a), Bound.Compare(OneOver(a), CompareOperator.Less, Bound.Int(20))), batch, v => v is null ? null : v == 0 || 100 / v < 20);
        Expect(new BoundCoalesce([new BoundCase([IsZero(a)], [Bound.Int(7)], Bound.Constant(DataType.Int32, null)), OneOver(a)]), batch, v => v is null ? null : v == 0 ? 7 : 100 / v);
    }

    [Fact]
    public void Faults_of_a_branch_carry_the_number_of_the_row_and_the_place_of_the_expression()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Numbers(300, 50);
        var a = new BoundColumn(A);
        BoundExpression division = OneOver(a) with { Span = new Sql.Parsing.TextSpan(17, 5) };
        BoundExpression expression = Bound.Case(Bound.Compare(a, CompareOperator.Less, Bound.Int(3)), division, Bound.Int(0));
        Evaluation result = Evaluation.Run(expression, [A, T], batch);
        var numbers = (FixedColumn<int>)batch[0];
        int[] zeros = [.. Enumerable.Range(0, 300).Where(r => !numbers.IsNull(r) && numbers.Values[r] == 0)];
        Assert.NotEmpty(zeros);
        Assert.Equal(zeros, result.Faults.Keys.Order());
        Assert.All(result.Faults.Values, f => Assert.Equal((17, "MR5202"), (f.Span.Start, f.Code.Id)));
    }

    [Fact]
    public void Functions_do_not_report_rows_in_which_an_argument_is_null()
    {
        using var leaks = new LeakCheck();
        using var numbers = new FixedBuilder<int>(DataType.Int32);
        numbers.Append(0);
        numbers.Append(4);
        numbers.SetNull(0);
        using var texts = new BinaryBuilder(DataType.Utf8);
        texts.Append("x");
        texts.Append("y");
        using var batch = new RecordBatch(new Schema(A.ToField(), T.ToField()), 2, numbers.Build(), texts.Build());
        Evaluation result = Evaluation.Run(OneOver(new BoundColumn(A)), [A, T], batch);
        Assert.Empty(result.Faults);
        Assert.Equal([null, 25], result.Values);
    }

    [Fact]
    public void Texts_of_branches_come_together_in_the_order_of_the_rows()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Numbers(400, 3);
        var t = new BoundColumn(T);
        BoundExpression expression = new BoundCase(
            [IsZero(new BoundColumn(A)), Bound.Compare(new BoundColumn(A), CompareOperator.Less, Bound.Int(5))],
            [Bound.Text("zero"), Bound.Call("||", t, Bound.Text("!"))],
            t);
        Evaluation result = Evaluation.Run(expression, [A, T], batch);
        var numbers = (FixedColumn<int>)batch[0];
        for (int row = 0; row < batch.Length; row++)
        {
            string own = ((BinaryColumn)batch[1]).GetString(row);
            string expected = numbers.IsNull(row) ? own : numbers.Values[row] == 0 ? "zero" : numbers.Values[row] < 5 ? own + "!" : own;
            Assert.Equal(expected, result.Values[row]);
        }
    }

    [Fact]
    public void A_constant_fault_in_a_branch_is_that_of_the_rows_that_take_it()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Numbers(40, 4);
        Evaluation result = Evaluation.Run(Bound.Case(IsZero(new BoundColumn(A)), OneOver(Bound.Int(0)), Bound.Int(1)), [A, T], batch);
        var numbers = (FixedColumn<int>)batch[0];
        Assert.Equal(Enumerable.Range(0, 40).Where(r => !numbers.IsNull(r) && numbers.Values[r] == 0), result.Faults.Keys.Order());
    }

    [Fact]
    public void Volatile_functions_are_asked_for_each_row()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Numbers(50, 4);
        using Evaluator evaluator = ExpressionCompiler.Compile(Bound.Call("random"), new Layout([A, T]), new EvaluationContext { Seed = 5 });
        using Vector vector = evaluator.Evaluate(batch, new RowFaults());
        Assert.Equal(50, ((FixedColumn<double>)vector.Column).Values.ToArray().Distinct().Count());
        Assert.Null(ConstantFolder.TryFold(Bound.Call("random")));
    }

    [Fact]
    public void Constants_are_folded_as_far_as_they_have_values()
    {
        using var leaks = new LeakCheck();
        Assert.Equal(new BoundConstant(DataType.Int32, 7), ConstantFolder.TryFold(Bound.Call("+", Bound.Int(3), Bound.Call("*", Bound.Int(2), Bound.Int(2)))));
        Assert.Null(ConstantFolder.TryFold(OneOver(Bound.Int(0))));
        Assert.Null(ConstantFolder.TryFold(OneOver(new BoundColumn(A))));
        BoundExpression half = ConstantFolder.Fold(Bound.Call("+", new BoundColumn(A), Bound.Call("+", Bound.Int(1), Bound.Int(2))), new EvaluationContext());
        Assert.Equal(3, ((BoundConstant)((BoundCall)half).Arguments[1]).Value);
    }

    [Fact]
    public void Long_chains_are_computed()
    {
        using var leaks = new LeakCheck();
        BoundExpression sum = new BoundColumn(A);
        for (int i = 0; i < 1000; i++)
        {
            sum = Bound.Call("+", sum, Bound.Int(1));
        }

        using RecordBatch batch = Numbers(3, 1);
        Assert.Equal(1000, Evaluation.Run(sum, [A, T], batch).Values[0]);
    }

    private static void Expect(BoundExpression expression, RecordBatch batch, Func<int?, object?> expected)
    {
        Evaluation result = Evaluation.Run(expression, [A, T], batch);
        Assert.Empty(result.Faults);
        var numbers = (FixedColumn<int>)batch[0];
        for (int row = 0; row < batch.Length; row++)
        {
            Assert.Equal(expected(numbers.IsNull(row) ? null : numbers.Values[row]), result.Values[row]);
        }
    }

    private static RecordBatch Numbers(int rows, int zeroEvery)
    {
        using var numbers = new FixedBuilder<int>(DataType.Int32);
        using var texts = new BinaryBuilder(DataType.Utf8);
        for (int row = 0; row < rows; row++)
        {
            numbers.Append(row % zeroEvery == 0 ? 0 : (row % 13) + 1);
            texts.Append($"row {row}");
            if (row % 7 == 3)
            {
                numbers.SetNull(row);
            }
        }

        return new RecordBatch(new Schema(A.ToField(), T.ToField()), rows, numbers.Build(), texts.Build());
    }
}
