// Every errCode of the house and its name. @source protocol/README.md, "Codes"; a test compares the two.
// Where one number means two things (9) the page needs the first: registering is the device's affair.

export const codes = Object.freeze([
    [1, 'room_wrong'], [2, 'device_wrong'], [3, 'voip_id_wrong'], [4, 'face_pay_token'], [5, 'room_not_created'],
    [7, 'open_id_wrong'], [8, 'face_pay_not_authorised'], [9, 'not_authorised'], [12, 'not_released'],
    [13, 'device_token'], [14, 'push_token'], [15, 'arrears'], [17, 'model_mismatch'], [19, 'open_id_foreign'],
    [20, 'open_id_invalid'], [22, 'charge_type'], [23, 'licence_expired'], [24, 'licence_inactive'],
    [1000, 'no_device_token'], [1001, 'voip_token'], [1002, 'network'], [1003, 'bad_answer'],
    [1004, 'argument'], [1005, 'busy'], [1006, 'only_on_device'], [1007, 'only_in_client'],
    [1008, 'interrupted'], [1011, 'unsupported'],
    [2000, 'join_failed'], [2001, 'join_other_voip'], [2002, 'join_reset'], [2003, 'join_init'],
    [2004, 'join_enter'], [2005, 'join_callback'], [2006, 'talk_callback'], [2007, 'media_device'],
    [2008, 'session_key'], [2009, 'join_cancelled'], [2010, 'join_request'], [2100, 'other_call'],
    [2102, 'media_permission'], [2103, 'interface_permission'], [2104, 'join_backend'],
    [-1, 'system_busy'], [9, 'already_registered'], [10008, 'ticket_expired'], [40001, 'access_token'],
    [48001, 'api_unauthorised'], [9800001, 'sn_too_long'], [9800002, 'sn_character'],
    [9800003, 'model_id_check'], [9800004, 'not_registered'], [9800011, 'ticket_illegal'],
    [4010, 'token_unknown'], [4011, 'clock_skew'], [4012, 'nonce_used'], [4013, 'signature'], [4014, 'revoked'],
    [4030, 'forbidden'], [4040, 'no_such_path'], [4050, 'method_not_allowed'], [4090, 'replaced'],
    [4130, 'too_large'], [4290, 'too_many'], [5030, 'not_ready'],
]);

/** The name of a code, '' for numbers that no table has. */
export function nameOfCode(number) {
    return codes.find(([code]) => code === number)?.[1] ?? '';
}
