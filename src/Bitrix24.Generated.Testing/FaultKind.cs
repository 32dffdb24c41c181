namespace Bitrix24.Testing;

/// <summary>The ways in which a simulated portal goes wrong.</summary>
internal enum FaultKind
{
    Answer,
    Reset,
    Silence,
    Truncation,
    Move,
    Redirect,
}
