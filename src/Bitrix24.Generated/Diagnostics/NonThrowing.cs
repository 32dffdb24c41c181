namespace Bitrix24.Diagnostics;

/// <summary>Invokes code of the application, such as loggers and listeners, whose failures must not affect the outcome of a call.</summary>
internal static class NonThrowing
{
    /// <summary>Invokes an action and ignores its exception.</summary>
    internal static void Invoke<TState>(TState state, Action<TState> action)
    {
        try
        {
            action(state);
        }
        catch (Exception)
        {
            // Ignored: diagnostics must not fail the call.
        }
    }

    /// <summary>Invokes a function and ignores its exception.</summary>
    /// <returns>The result; the default value if the function throws.</returns>
    internal static TResult? Invoke<TState, TResult>(TState state, Func<TState, TResult?> function)
    {
        try
        {
            return function(state);
        }
        catch (Exception)
        {
            return default;
        }
    }
}
