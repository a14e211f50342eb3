package dev.internalevents.iglu;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Texts at the edges of formats. */
final class FormatTexts {

    private static final String CHARACTERS = " :/.@-%+#?[]0aZ\n_é\\~T";

    private static final List<String> TEXTS = List.of("2020-01-01","2020-02-30","2020-13-01","20200101","2020-1-1","2020-01-01T10:00:00Z","2020-01-01t10:00:00z","2020-01-01 10:00:00Z","2020-01-01T10:00:00","2020-01-01T10:00:00+01:00","2020-01-01T10:00:00+0100","2020-01-01T10:00Z","2020-01-01T24:00:00Z","2020-01-01T10:00:60Z","2016-12-31T23:59:60Z","2020-01-01T10:00:00.123456789Z","2020-01-01T10:00:00.1234567890123Z","2020-01-01T10:00:00,123Z","2020-01-01T10:00:00-00:00","2020-01-01T25:00:00Z","10:00:00","10:00:00Z","10:00:00.5","99:99:99","10:00","10:00:00+01:00",
     "ada@example.com","ada@localhost","ada","ada@","@a.test","ada.b+c@example.co.uk","\"a b\"@example.com","ada@[127.0.0.1]","ada@[IPv6:::1]","ada@example","ada@exam_ple.com","ada@-a.com","ö@example.com","ada@münchen.de","ada@xn--mnchen-3ya.de",".ada@example.com","ada.@example.com","a..b@example.com","ada@a.test","ada@a.invalidtld","a b@example.com","ada@example.com.","ada@example.com\n"," ada@example.com",
     "example.com","localhost","a_b.com","-a.com","a-.com","example.com.","a..b","1.2.3.4","münchen.de","xn--mnchen-3ya.de","a".repeat(63)+".com","a".repeat(64)+".com","","example.c","EXAMPLE.COM","1","a b.com",
     "127.0.0.1","256.1.1.1","01.2.3.4","1.2.3","1.2.3.4.5","1.2.3.4/24"," 1.2.3.4","1.2.3.4 ","0x7f.1","1.2.3.04","00.0.0.0","001.2.3.4",
     "::1","::","fe80::1%eth0","fe80::1%25eth0","1:2:3:4:5:6:7:8","1:2:3:4:5:6:7:8:9","1::2::3","::ffff:1.2.3.4","::ffff:256.2.3.4","1:2:3:4:5:6:1.2.3.4","12345::"," ::1","::1 ","2001:DB8::1","[::1]",":1","1:","1:2:3:4:5:6:7::","::2:3:4:5:6:7:8","fe80::1/64","1::1.2.3.4","1:2:3:4:5:6:7","::01.2.3.4",
     "http://a.test","http://a.test/%zz","http://a.test/%20","http://a.test/a b","a.test","//a.test/x","http://","http:","HTTP://A","mailto:a@b.c","urn:isbn:123","http://a.test/ü","http://münchen.de","http://a.test/?a=b|c","http://a.test/{x}","http://a.test/#a#b","http://a.test:8080/x","http://a.test:port/x","http://user:pw@a.test/","http://[::1]/","http://[::1","javascript:alert(1)","data:text/plain,hi","1http://a","a+b-c.d:x","http://a.test/?q=[1]","http://a.test/\\x","http://a_b.test/","/path","?q","#f","http:///x","file:///etc/passwd","app-settings:","http://a.test/\"x\"","http://a.test/<x>","http://a.test/^","http://a.test/`","tel:+49 1","http://a.test/\n","http://a@b@c/","http://a.test/?a?b","http://a.test/#a?b","https://a.test/?x=%","market://details?id=x","::","a:","a:b","http://a.test/x[1]","http://a.test?x=[","intent://x#Intent;end","about:blank","blob:https://a.test/1-2",
     "6de9024e-17b9-4026-bd4d-efec50ae84cb","6DE9024E-17B9-4026-BD4D-EFEC50AE84CB","6de9024e17b94026bd4defec50ae84cb","{6de9024e-17b9-4026-bd4d-efec50ae84cb}","6de9024e-17b9-4026-bd4d-efec50ae84c","6de9024e-17b9-4026-bd4d-efec50ae84cg","00000000-0000-0000-0000-000000000000","urn:uuid:6de9024e-17b9-4026-bd4d-efec50ae84cb","6de9024e-17b9-4026-bd4d-efec50ae84cb "," 6de9024e-17b9-4026-bd4d-efec50ae84cb","6de9024e-17b9-4026-bd4d-efec50ae84cb\n",
     "(","^a$","[a-","a{2,1}","\\d","(?<n>x)","(?P<n>x)","*","\\p{L}","/a","/a/b~0","/~2","a/b","0","0#","1/a","-1","P1D","PT1H","P1Y2M3DT4H5M6S","P","1D","P1W","PT","P1.5D","p1d","P1Y1W","red","#fff","#ffffff","#ff","rgb(1,2,3)","rgb(300,2,3)","+491701234567","+49 170 1234567","0170","+1","abc","ABC1","abc1","a-b","1600000000000","1600000000.5","-5","1e5","color: red","a:b;","x","http://{x}","{","{x}","http://{x","ä","\u0000","☃");

    private FormatTexts() {}

    /** The texts, and each with small changes; always the same. */
    static List<String> changed(int changes) {
        Set<String> texts = new LinkedHashSet<>(TEXTS);
        Random random = new Random(7);
        for (String text : TEXTS) {
            for (int i = 0; i < changes; i++) {
                texts.add(changed(text, random));
            }
        }
        return new ArrayList<>(texts);
    }

    private static String changed(String text, Random random) {
        StringBuilder changed = new StringBuilder(text);
        for (int left = 1 + random.nextInt(2); left > 0; left--) {
            int at = random.nextInt(changed.length() + 1);
            char other = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
            int kind = at == changed.length() ? 0 : random.nextInt(3);
            switch (kind) {
                case 0 -> changed.insert(at, other);
                case 1 -> changed.deleteCharAt(at);
                default -> changed.setCharAt(at, other);
            }
        }
        return changed.toString();
    }
}
