namespace Millrace.Sql.Functions;

/// <summary>A row without a result: what is wrong and the sentence for people.</summary>
internal readonly record struct Fault(ErrorCode Code, string Message);

/// <summary>A function of one value that always has a result. Written as a struct, so that loops over it are compiled with it inside.</summary>
internal interface IUnary<TIn, TOut>
{
    TOut Invoke(TIn value);
}

/// <summary>A function of two values that always has a result.</summary>
internal interface IBinary<TLeft, TRight, TOut>
{
    TOut Invoke(TLeft left, TRight right);
}

/// <summary>A function of one value that has no result for some; <see cref="Explain"/> then says why.</summary>
internal interface ICheckedUnary<TIn, TOut>
{
    bool TryInvoke(TIn value, out TOut result);

    Fault Explain(TIn value);
}

/// <summary>A function of two values that has no result for some; <see cref="Explain"/> then says why.</summary>
internal interface ICheckedBinary<TLeft, TRight, TOut>
{
    bool TryInvoke(TLeft left, TRight right, out TOut result);

    Fault Explain(TLeft left, TRight right);
}
