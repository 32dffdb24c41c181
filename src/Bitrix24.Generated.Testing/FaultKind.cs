namespace Bitrix24.Testing;

/// <summary>Specifies how a request to a simulated portal fails.</summary>
internal enum FaultKind
{
    Answer,
    Reset,
    Silence,
    Truncation,
    Move,
    Redirect,
}
